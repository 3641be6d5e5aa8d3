package plus.svc.billing.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other threads or processes bring about, and no longer than that takes. */
public final class Eventually {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Eventually() {}

  /** An assertion that may throw anything. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /** Checks again and again until it holds; throws what it threw last if it never does. */
  public static void holds(Check check) throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        check.run();
        return;
      } catch (Exception | AssertionError e) {
        if (System.nanoTime() > until) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
