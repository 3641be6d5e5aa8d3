package plus.svc.billing.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Latencies in nanoseconds, those beyond the room are left out. */
final class Latencies {
  private final long[] values;
  private final AtomicInteger size = new AtomicInteger();

  Latencies(int room) {
    this.values = new long[room];
  }

  void add(long nanos) {
    int at = size.getAndIncrement();
    if (at < values.length) {
      values[at] = nanos;
    }
  }

  String text() {
    int count = Math.min(size.get(), values.length);
    if (count == 0) {
      return "nothing measured";
    }
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p99 %.2f ms, max %.1f ms of %,d",
        sorted[count / 2] / 1e6,
        sorted[(int) (count * 0.99)] / 1e6,
        sorted[count - 1] / 1e6,
        count);
  }
}
