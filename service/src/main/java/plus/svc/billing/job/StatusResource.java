package plus.svc.billing.job;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/** The last result of a job, what runs now, and where every source stands. */
@Path("/v1/status")
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {

  private final Jobs jobs;

  public StatusResource(Jobs jobs) {
    this.jobs = jobs;
  }

  /** Never waits for a run, and a moment at most for how complete the sources are. */
  @GET
  @Needs(Right.STATUS)
  public JobResult status() {
    return jobs.status();
  }
}
