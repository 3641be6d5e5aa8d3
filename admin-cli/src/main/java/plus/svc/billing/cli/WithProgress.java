package plus.svc.billing.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** Shows the progress of a report beside it. */
final class WithProgress implements Report {

  private final Report report;
  private final ProgressLine progress;

  WithProgress(Report report, ProgressLine progress) {
    this.report = report;
    this.progress = progress;
  }

  @Override
  public void section(String name, String... columns) {
    progress.clear();
    report.section(name, columns);
  }

  @Override
  public void row(@Nullable Object... values) {
    progress.clear();
    report.row(values);
  }

  @Override
  public void progress(double share, String doing) {
    report.progress(share, doing);
    progress.show(share, doing);
  }

  @Override
  public void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    progress.clear();
    report.end(summary, verdict);
  }
}
