package plus.svc.billing.crash;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what comes about by itself. */
final class Patience {

  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(3);

  private Patience() {}

  /** Waits until the condition holds; fails after two minutes, which a busy machine may take. */
  static void until(String what, BooleanSupplier condition) {
    until(what, LONGEST, condition);
  }

  /** Waits until the condition holds; fails after that time. */
  static void until(String what, Duration within, BooleanSupplier condition) {
    long deadline = System.nanoTime() + within.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + within + ": " + what);
      }
      pause(LOOK_EVERY);
    }
  }

  /** Lets a moment pass. */
  static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
