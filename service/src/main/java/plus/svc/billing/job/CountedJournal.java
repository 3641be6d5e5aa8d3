package plus.svc.billing.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.metrics.JobMetrics;

/** Counts the runs that another journal records. */
public final class CountedJournal implements JobJournal {

  private final JobJournal journal;
  private final JobMetrics metrics;

  public CountedJournal(JobJournal journal, JobMetrics metrics) {
    this.journal = journal;
    this.metrics = metrics;
    for (JobKind kind : JobKind.values()) {
      metrics.known(kind.text());
    }
  }

  @Override
  public OptionalLong started(JobKind kind, Instant at) {
    return journal.started(kind, at);
  }

  @Override
  public void finished(OptionalLong id, JobResult result) {
    metrics.ended(result.job(), result.status(), result.finishedAt());
    journal.finished(id, result);
  }

  @Override
  public Optional<JobRunRow> lastFinished() {
    return journal.lastFinished();
  }
}
