package plus.svc.billing.collector;

import java.time.Duration;
import plus.svc.billing.pipeline.source.SourceFailure;

/** The time that a run spends waiting for its source, to be seen by those who wait for its slot. */
final class Waiting {

  private final long longNanos;

  /** By {@link System#nanoTime}; 0 while nothing is waited for. */
  private volatile long sinceNanos;

  private volatile boolean wasLong;

  /**
   * Waits for nothing yet.
   *
   * @param longTime more than a healthy source takes
   */
  Waiting(Duration longTime) {
    this.longNanos = longTime.toNanos();
  }

  /** Something the source is asked for. */
  @FunctionalInterface
  interface Asked<T> {
    T get() throws SourceFailure, InterruptedException;
  }

  /** Asks, and waits for the answer. */
  <T> T on(Asked<T> asked) throws SourceFailure, InterruptedException {
    sinceNanos = System.nanoTime() | 1;
    try {
      return asked.get();
    } finally {
      wasLong |= isLong();
      sinceNanos = 0;
    }
  }

  /** Whether the answer that is waited for now takes long. */
  boolean isLong() {
    long since = sinceNanos;
    return since != 0 && System.nanoTime() - since > longNanos;
  }

  /** Whether any answer of the run took long. */
  boolean wasLong() {
    return wasLong;
  }
}
