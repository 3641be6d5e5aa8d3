package plus.svc.billing.job;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.JobResult;

/** Jobs where snapshots are pushed: there is nothing to pull, and that is no failure. */
public final class PushModeJobs implements Jobs {

  private final InstantSource clock;

  public PushModeJobs(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public CompletionStage<JobResult> trigger(JobKind kind) {
    return CompletableFuture.completedFuture(progress(kind));
  }

  @Override
  public CompletionStage<JobResult> reconcile(ReconcileRange range) {
    return trigger(JobKind.RECONCILE_RANGE);
  }

  @Override
  public JobResult progress(JobKind kind) {
    Instant now = clock.instant();
    return new JobResult(kind.text(), now, now, 0, 0, 0, JobResult.IDLE, "", List.of(), List.of());
  }

  @Override
  public JobResult status() {
    return new JobResult(
        "", JobResult.NEVER, JobResult.NEVER, 0, 0, 0, JobResult.IDLE, "", List.of(), List.of());
  }

  @Override
  public Health health() {
    return new Health(Health.OK, "push mode");
  }
}
