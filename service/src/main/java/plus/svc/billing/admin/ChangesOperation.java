package plus.svc.billing.admin;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** {@code changes}: who changed what, why, and what came of it. */
public final class ChangesOperation implements Operation {

  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");
  private static final String UNFINISHED = "unfinished";

  private final DatabaseChangeJournal journal;

  public ChangesOperation(DatabaseChangeJournal journal) {
    this.journal = journal;
  }

  @Override
  public String name() {
    return "changes";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("since", "until", "caller", "operation");
  }

  @Override
  public void run(Inputs inputs, Report report) {
    ChangeFilter filter =
        new ChangeFilter(
            inputs.instant("since").orElse(Instant.EPOCH),
            inputs.instant("until").orElse(END_OF_TIME),
            inputs.text("caller").orElse(""),
            inputs.text("operation").orElse(""));
    report.section(
        "changes",
        "id",
        "at",
        "caller",
        "operation",
        "reason",
        "request",
        "ended_at",
        "result",
        "summary");
    long count = 0;
    long unfinished = 0;
    List<ChangeRow> page = journal.page(filter, 0);
    while (!page.isEmpty()) {
      for (ChangeRow row : page) {
        tell(row, report);
        count++;
        unfinished += row.verdict() == null ? 1 : 0;
      }
      page = journal.page(filter, page.get(page.size() - 1).id());
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("changes", count);
    summary.put(UNFINISHED, unfinished);
    report.end(summary, unfinished == 0 ? Verdict.CLEAN : Verdict.FOUND);
  }

  private static void tell(ChangeRow row, Report report) {
    report.row(
        row.id(),
        row.at(),
        row.caller(),
        row.operation(),
        row.reason(),
        row.request(),
        row.endedAt(),
        row.verdict() == null ? UNFINISHED : row.verdict(),
        row.summary());
  }
}
