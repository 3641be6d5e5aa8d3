package plus.svc.billing;

import java.util.concurrent.CompletionStage;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.job.JobKind;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.job.ReconcileRange;

/** Lets one server serve many tests, each with jobs of its own. */
final class DelegatingJobs implements Jobs {

  volatile Jobs to;

  DelegatingJobs(Jobs to) {
    this.to = to;
  }

  @Override
  public CompletionStage<JobResult> trigger(JobKind kind) {
    return to.trigger(kind);
  }

  @Override
  public CompletionStage<JobResult> reconcile(ReconcileRange range) {
    return to.reconcile(range);
  }

  @Override
  public JobResult progress(JobKind kind) {
    return to.progress(kind);
  }

  @Override
  public JobResult status() {
    return to.status();
  }

  @Override
  public Health health() {
    return to.health();
  }
}
