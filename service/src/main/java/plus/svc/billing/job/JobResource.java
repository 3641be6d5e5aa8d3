package plus.svc.billing.job;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.auth.Needs;
import plus.svc.billing.auth.Right;

/**
 * The two job calls. 200 with the result, 503 if nothing could be done, 202 with status {@code
 * running} if the run takes longer than the caller should wait; no thread is held meanwhile.
 */
@Path("/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
public final class JobResource {

  private final Jobs jobs;
  private final Duration answerWithin;

  public JobResource(Jobs jobs, Duration answerWithin) {
    this.jobs = jobs;
    this.answerWithin = answerWithin;
  }

  /** Takes what is new from every enabled source. */
  @POST
  @Path("collect-and-rate")
  @Needs(value = Right.JOBS, orLoopback = true)
  public void collectAndRate(@Suspended AsyncResponse answer) {
    run(JobKind.COLLECT, answer);
  }

  /**
   * Reads the look-back again and posts only what is missing; with a body, the stretch of time and
   * the source that it names.
   */
  @POST
  @Path("reconcile")
  @Needs(value = Right.JOBS, orLoopback = true)
  public void reconcile(@Suspended AsyncResponse answer, InputStream body) throws IOException {
    try {
      @Nullable ReconcileRange range = ReconcileBody.read(body);
      if (range == null) {
        run(JobKind.RECONCILE, answer);
      } else {
        answerWith(jobs.reconcile(range), JobKind.RECONCILE_RANGE, answer);
      }
    } catch (ReconcileRefused e) {
      answer.resume(refusal(e));
    }
  }

  private static Response refusal(ReconcileRefused refused) {
    return refused.isBusy()
        ? Response.status(Response.Status.CONFLICT)
            .entity(new ErrorMessage("conflict", refused.getMessage()))
            .build()
        : Response.status(Response.Status.BAD_REQUEST)
            .entity(new ErrorMessage("bad_request", refused.getMessage()))
            .build();
  }

  private void run(JobKind kind, AsyncResponse answer) {
    answerWith(jobs.trigger(kind), kind, answer);
  }

  private void answerWith(CompletionStage<JobResult> done, JobKind kind, AsyncResponse answer) {
    answer.setTimeoutHandler(late -> late.resume(response(jobs.progress(kind))));
    answer.setTimeout(answerWithin.toMillis(), TimeUnit.MILLISECONDS);
    done.thenAccept(result -> answer.resume(response(result)));
  }

  private static Response response(JobResult result) {
    int status =
        switch (result.status()) {
          case JobResult.RUNNING -> Response.Status.ACCEPTED.getStatusCode();
          case JobResult.ERROR -> Response.Status.SERVICE_UNAVAILABLE.getStatusCode();
          default -> Response.Status.OK.getStatusCode();
        };
    return Response.status(status).entity(result).build();
  }
}
