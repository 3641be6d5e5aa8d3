package plus.svc.billing.pipeline.source.walk;

import java.time.Instant;

/**
 * A stretch of time to read, both ends included.
 *
 * @param since whole seconds, not after {@code until}
 * @param until whole seconds
 */
public record Window(Instant since, Instant until) {

  public Window {
    if (since.isAfter(until)) {
      throw new IllegalArgumentException("window from " + since + " to " + until);
    }
  }

  /** Whether the instant lies in it. */
  public boolean contains(Instant instant) {
    return !instant.isBefore(since) && !instant.isAfter(until);
  }
}
