package plus.svc.billing.repair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** Keeps an answer so that a test can look at it. */
public final class RecordedReport implements Report {

  private final Map<String, List<Map<String, @Nullable Object>>> sections = new LinkedHashMap<>();
  private List<String> columns = List.of();
  private List<Map<String, @Nullable Object>> rows = new ArrayList<>();
  private final Map<String, @Nullable Object> summary = new LinkedHashMap<>();
  private @Nullable Verdict verdict;
  private double progress;

  @Override
  public void section(String name, String... names) {
    if (sections.containsKey(name)) {
      throw new IllegalStateException("section " + name + " came twice");
    }
    columns = List.of(names);
    rows = new ArrayList<>();
    sections.put(name, rows);
  }

  @Override
  public void row(@Nullable Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalStateException(
          columns + " are not " + Arrays.toString(values) + ": another number");
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
      throw new IllegalStateException("progress " + share);
    }
    progress = share;
  }

  @Override
  public void end(Map<String, ? extends @Nullable Object> totals, Verdict end) {
    if (verdict != null) {
      throw new IllegalStateException("it ended twice");
    }
    summary.putAll(totals);
    verdict = end;
  }

  /** Rows of a section; none if it never came. */
  public List<Map<String, @Nullable Object>> rows(String section) {
    return sections.getOrDefault(section, List.of());
  }

  /** One column of a section, as text. */
  public List<String> column(String section, String column) {
    return rows(section).stream().map(row -> String.valueOf(row.get(column))).toList();
  }

  /** A value of the summary. */
  public @Nullable Object total(String name) {
    return summary.get(name);
  }

  public Verdict verdict() {
    return Objects.requireNonNull(verdict);
  }

  public double progress() {
    return progress;
  }
}
