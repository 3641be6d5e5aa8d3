package plus.svc.billing.job;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.AuditStatus;
import plus.svc.billing.api.ServiceStatus;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/** The last result of a job, what runs now, and where every source stands. */
@Path("/v1/status")
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {

  private final Jobs jobs;
  private final Supplier<@Nullable AuditStatus> audit;

  /**
   * @param audit where the continuous audit stands, null where it does not run; answers at once
   */
  public StatusResource(Jobs jobs, Supplier<@Nullable AuditStatus> audit) {
    this.jobs = jobs;
    this.audit = audit;
  }

  /** Never waits for a run, and a moment at most for how complete the sources are. */
  @GET
  @Needs(Right.STATUS)
  public ServiceStatus status() {
    return new ServiceStatus(jobs.status(), audit.get());
  }
}
