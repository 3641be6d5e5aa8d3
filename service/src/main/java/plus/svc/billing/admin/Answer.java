package plus.svc.billing.admin;

import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** A report on its way to the caller; where something is changed, its end is taken down first. */
final class Answer implements Report {

  private final Report report;
  private final ChangeJournal journal;
  private final InstantSource clock;
  private final @Nullable Long change;
  private boolean recorded;
  private boolean ended;

  /**
   * @param change number of the change that is under way, null if nothing is changed
   */
  Answer(Report report, ChangeJournal journal, InstantSource clock, @Nullable Long change) {
    this.report = report;
    this.journal = journal;
    this.clock = clock;
    this.change = change;
  }

  @Override
  public void section(String name, String... columns) {
    report.section(name, columns);
  }

  @Override
  public void row(@Nullable Object... values) {
    report.row(values);
  }

  @Override
  public void progress(double share, String doing) {
    report.progress(share, doing);
  }

  @Override
  public void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    record(summary, verdict);
    ended = true;
    report.end(summary, verdict);
  }

  boolean hasEnded() {
    return ended;
  }

  /** Takes down how the change ended, once. */
  void record(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    if (change != null && !recorded) {
      recorded = true;
      journal.end(change, clock.instant(), summary, verdict);
    }
  }
}
