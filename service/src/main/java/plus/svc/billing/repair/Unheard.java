package plus.svc.billing.repair;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** An answer that nobody reads. */
final class Unheard implements Report {

  @Override
  public void section(String name, String... columns) {}

  @Override
  public void row(@Nullable Object... values) {}

  @Override
  public void progress(double share, String doing) {}

  @Override
  public void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {}
}
