package plus.svc.billing.job;

import java.util.concurrent.CompletionStage;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.JobResult;

/** The jobs as callers see them. Nothing here waits for a run. */
public interface Jobs {

  /**
   * Starts the job, or joins the run that is active.
   *
   * @return completes when the run is over, in the run's thread; never exceptionally
   */
  CompletionStage<JobResult> trigger(JobKind kind);

  /**
   * Reconciles a stretch of time, or joins the run that does just that.
   *
   * @return as {@link #trigger}
   * @throws ReconcileRefused if there is no such source, or another stretch is being reconciled
   */
  CompletionStage<JobResult> reconcile(ReconcileRange range);

  /** The active run of the job with status {@code running}, or else its last result. */
  JobResult progress(JobKind kind);

  /** The last result of any job, and where every source stands now. */
  JobResult status();

  /** Whether the service does what it is for. */
  Health health();
}
