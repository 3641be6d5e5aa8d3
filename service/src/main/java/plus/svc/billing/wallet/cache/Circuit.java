package plus.svc.billing.wallet.cache;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Whether something that failed is asked again. While it is open a probe of our own asks, after
 * pauses that double: no caller ever waits to find out.
 */
final class Circuit implements AutoCloseable {

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final BooleanSupplier probe;
  private final AtomicBoolean open = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param probe whether it works again
   */
  Circuit(BooleanSupplier probe) {
    this.probe = probe;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "cache-probe");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Whether it is passed over. */
  boolean isOpen() {
    return open.get();
  }

  /**
   * It failed.
   *
   * @return whether that is new
   */
  boolean open() {
    if (!open.compareAndSet(false, true)) {
      return false;
    }
    later(FIRST_PAUSE_MILLIS);
    return true;
  }

  @Override
  public void close() {
    open.set(true);
    timer.shutdownNow();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it catches what it throws
  private void later(long millis) {
    timer.schedule(() -> look(millis), millis, TimeUnit.MILLISECONDS);
  }

  private void look(long millis) {
    boolean works = false;
    try {
      works = probe.getAsBoolean();
    } catch (RuntimeException e) {
      // As if it had said no.
    }
    if (works) {
      open.set(false);
    } else {
      later(Math.min(LONGEST_PAUSE_MILLIS, millis * 2));
    }
  }
}
