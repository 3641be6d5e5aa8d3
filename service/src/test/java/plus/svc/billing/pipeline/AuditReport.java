package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.AuditRequest;
import plus.svc.billing.audit.ExporterAccess;
import plus.svc.billing.pipeline.rating.PeakHours;

/** An audit's report, kept. */
public final class AuditReport implements Report {

  public final Map<String, List<Map<String, @Nullable Object>>> sections = new LinkedHashMap<>();
  public Map<String, @Nullable Object> summary = Map.of();
  public @Nullable Verdict verdict;
  private List<String> columns = List.of();
  private List<Map<String, @Nullable Object>> rows = new ArrayList<>();

  /** Audits nodes, or everything if none is named, by the archive. */
  public static AuditReport of(
      Jdbi jdbi, PeakHours peakHours, Set<String> nodes, Instant since, Instant until) {
    return of(
        new Audit(jdbi, peakHours, List::of, ExporterAccess.NONE),
        new AuditRequest(
            Set.of(), nodes, since, until, until, AuditRequest.From.ARCHIVE, false, 1_000));
  }

  /** What an audit tells. */
  public static AuditReport of(Audit audit, AuditRequest request) {
    AuditReport report = new AuditReport();
    audit.run(request, report);
    return report;
  }

  @Override
  public void section(String name, String... names) {
    columns = List.of(names);
    rows = new ArrayList<>();
    if (sections.put(name, rows) != null) {
      throw new IllegalStateException("section " + name + " comes twice");
    }
  }

  @Override
  public void row(@Nullable Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalStateException(columns + " are not the columns of " + List.of(values));
    }
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i]);
    }
    rows.add(row);
  }

  @Override
  public void progress(double share, String doing) {
    if (share < 0 || share > 1) {
      throw new IllegalStateException("progress of " + share);
    }
  }

  @Override
  public void end(Map<String, ? extends @Nullable Object> ofAll, Verdict ofReport) {
    summary = new LinkedHashMap<>(ofAll);
    verdict = ofReport;
  }

  public List<Map<String, @Nullable Object>> findings() {
    return sections.getOrDefault("findings", List.of());
  }

  /** What was found but for what can't be known, which a healthy world has too. */
  public List<Map<String, @Nullable Object>> damage() {
    return findings().stream().filter(row -> !"at_risk".equals(row.get("kind"))).toList();
  }
}
