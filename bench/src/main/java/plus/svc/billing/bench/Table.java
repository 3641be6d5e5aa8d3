package plus.svc.billing.bench;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of a run, and what each is to be compared with. */
final class Table {

  private record Row(String label, Figure figure, @Nullable String floor) {}

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final String oldWay;

  /**
   * @param oldWay label of the row that is the earlier writer
   */
  Table(String oldWay) {
    this.oldWay = oldWay;
  }

  /**
   * Adds one round to a row.
   *
   * @param floor label of the row that is its floor, null if it has none
   */
  void add(String label, @Nullable String floor, Cost round) {
    rows.computeIfAbsent(label, name -> new Row(name, new Figure(), floor)).figure().add(round);
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%-48s | %-28s | %7s | %6s | %20s | %7s%n",
        "case",
        "samples/s: median [rounds]",
        "/ floor",
        "/ old",
        "CPU us/sample: us+pg",
        "heap MB");
    out.println("-".repeat(132));
    @Nullable Row old = rows.get(oldWay);
    for (Row row : rows.values()) {
      @Nullable Row floor = row.floor() == null ? null : rows.get(row.floor());
      out.printf(
          Locale.ROOT,
          "%-48s | %-28s | %7s | %6s | %9.1f + %8.1f | %7.0f%n",
          row.label(),
          row.figure(),
          floor == null ? "" : ratio(row.figure().over(floor.figure()), "%.2f"),
          old == null ? "" : ratio(row.figure().over(old.figure()), "%.0f"),
          row.figure().median(Cost::clientMicros),
          row.figure().median(Cost::serverMicros),
          row.figure().median(Cost::heapMegabytes));
    }
  }

  private static String ratio(double value, String format) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }
}
