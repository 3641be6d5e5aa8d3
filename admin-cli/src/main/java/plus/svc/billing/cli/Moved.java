package plus.svc.billing.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

/** Compares a list with the one before, and prints what moved, a line each. */
final class Moved implements Report {

  /** What changes with time alone says nothing. */
  private static final List<String> RESTLESS = List.of("lag", "attempted_at");

  private final PrintWriter out;
  private final Map<String, Map<String, String>> known = new HashMap<>();
  private String section = "";
  private List<String> columns = List.of();
  private boolean first = true;

  Moved(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void section(String name, String... names) {
    section = name;
    columns = Arrays.asList(names);
  }

  @Override
  public void row(@Nullable Object... values) {
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i] == null ? "" : String.valueOf(values[i]));
    }
    String name =
        section.equals("series")
            ? row.get("node")
                + " "
                + row.get("account")
                + " "
                + row.get("inbound")
                + " #"
                + row.get("ordinal")
            : "source " + row.get("source_id");
    @Nullable Map<String, String> before = known.put(name, row);
    if (!first) {
      tell(name, before, row);
    }
  }

  private void tell(String name, @Nullable Map<String, String> before, Map<String, String> row) {
    StringBuilder line = new StringBuilder();
    for (String column : columns) {
      String was = before == null ? "" : before.getOrDefault(column, "");
      String is = row.getOrDefault(column, "");
      if (!RESTLESS.contains(column) && !Objects.equals(was, is)) {
        line.append("  ").append(column).append(' ').append(was).append(" -> ").append(is);
      }
    }
    if (!line.isEmpty()) {
      out.println(Text.line(name + line));
    }
  }

  /** A list is over; the next one is compared with it. */
  void endRound() {
    if (first) {
      out.println("following " + known.size() + " checkpoints; Ctrl-C ends");
    }
    first = false;
    out.flush();
  }

  @Override
  public void progress(double share, String doing) {}

  @Override
  public void end(Map<String, ? extends @Nullable Object> summary, Verdict verdict) {}
}
