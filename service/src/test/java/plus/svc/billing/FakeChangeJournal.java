package plus.svc.billing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.admin.ChangeJournal;
import plus.svc.billing.api.report.Verdict;

/** Keeps changes as lines. */
final class FakeChangeJournal implements ChangeJournal {

  final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public long begin(
      Instant at, String caller, String operation, String reason, Map<String, Object> request) {
    lines.add("begun " + caller + " " + operation + " '" + reason + "' " + request);
    return lines.size();
  }

  @Override
  public void end(
      long change, Instant at, Map<String, ? extends @Nullable Object> summary, Verdict verdict) {
    lines.add("ended " + change + " " + verdict.text() + " " + summary);
  }
}
