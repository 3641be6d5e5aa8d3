package plus.svc.billing.emulator.fault;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a fault strikes; every bound given has to hold.
 *
 * @param from from this instant of the emulator's clock on
 * @param until before this instant
 * @param requests so many times only
 */
public record When(@Nullable Instant from, @Nullable Instant until, @Nullable Integer requests) {
  private static final When ALWAYS = new When(null, null, null);

  public When {
    if (requests != null && requests < 1) {
      throw new IllegalArgumentException("requests must be at least 1: " + requests);
    }
    if (from != null && until != null && !from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " must be before until " + until);
    }
  }

  public static When always() {
    return ALWAYS;
  }

  /** For the next so many requests to the snapshot routes. */
  public static When nextRequests(int requests) {
    return new When(null, null, requests);
  }

  /** From the first instant on, before the second. */
  public static When between(Instant from, Instant until) {
    return new When(from, until, null);
  }

  /** Whether the instant is inside, however often it struck. */
  public boolean includes(Instant instant) {
    return (from == null || !instant.isBefore(from)) && (until == null || instant.isBefore(until));
  }

  static When orAlways(@Nullable When when) {
    return when == null ? ALWAYS : when;
  }
}
