package plus.svc.billing.bench;

import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.jdbi.v3.core.statement.*;

final class Timing implements SqlLogger {
  static final Map<String, LongAdder[]> M = new ConcurrentHashMap<>();

  @Override
  public void logAfterExecution(StatementContext c) {
    String s = c.getRenderedSql().replaceAll("\\s+", " ").trim();
    s = s.substring(0, Math.min(70, s.length()));
    LongAdder[] a = M.computeIfAbsent(s, k -> new LongAdder[] {new LongAdder(), new LongAdder()});
    a[0].increment();
    a[1].add(c.getElapsedTime(ChronoUnit.MICROS));
  }

  static void print() {
    M.entrySet().stream()
        .sorted((x, y) -> Long.compare(y.getValue()[1].sum(), x.getValue()[1].sum()))
        .limit(22)
        .forEach(
            e ->
                System.out.printf(
                    "%8d x %8.3f ms = %8d ms %s%n",
                    e.getValue()[0].sum(),
                    e.getValue()[1].sum() / 1e3 / e.getValue()[0].sum(),
                    e.getValue()[1].sum() / 1000,
                    e.getKey()));
    M.clear();
  }
}
