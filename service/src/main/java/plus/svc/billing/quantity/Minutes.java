package plus.svc.billing.quantity;

import java.time.Duration;
import java.time.Instant;

/** Minutes as whole epoch minutes (UTC), the unit in which usage is billed. */
public final class Minutes {

  /** Length of one bucket. */
  public static final Duration LENGTH = Duration.ofMinutes(1);

  private Minutes() {}

  /** The epoch minute that holds the instant: {@code floor(instant)}. */
  public static long floor(Instant instant) {
    return Math.floorDiv(instant.getEpochSecond(), 60L);
  }

  /** The first instant of an epoch minute. */
  public static Instant start(long epochMinute) {
    return Instant.ofEpochSecond(Math.multiplyExact(epochMinute, 60L));
  }
}
