package plus.svc.billing.bench;

import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/** Where the time goes among the statements that JDBI runs; COPY isn't one of them. */
final class Profile implements SqlLogger {

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  private static final class Entry {
    private final LongAdder calls = new LongAdder();
    private final LongAdder micros = new LongAdder();
  }

  @Override
  public void logAfterExecution(StatementContext context) {
    Entry entry =
        entries.computeIfAbsent(
            context.getRenderedSql().replaceAll("\\s+", " ").strip(), sql -> new Entry());
    entry.calls.increment();
    entry.micros.add(context.getElapsedTime(ChronoUnit.MICROS));
  }

  /** Prints the dearest statements and begins anew. */
  void print(PrintStream out, String title, long samples) {
    if (!title.isEmpty()) {
      out.println("statements of: " + title);
      entries.entrySet().stream()
          .sorted(Comparator.comparingLong(e -> -e.getValue().micros.sum()))
          .limit(20)
          .forEach(e -> line(out, e.getKey(), e.getValue(), samples));
    }
    entries.clear();
  }

  private static void line(PrintStream out, String sql, Entry entry, long samples) {
    out.printf(
        Locale.ROOT,
        "%7d calls %8.2f us/sample  %s%n",
        entry.calls.sum(),
        (double) entry.micros.sum() / samples,
        sql.substring(0, Math.min(110, sql.length())));
  }
}
