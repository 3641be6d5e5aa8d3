package plus.svc.billing.emulator.tls;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** When a certificate holds. */
public record Validity(Instant notBefore, Instant notAfter) {
  private static final Duration SLACK = Duration.ofDays(1);
  private static final Duration YEAR = Duration.ofDays(365);

  public Validity {
    if (!notBefore.isBefore(notAfter)) {
      throw new IllegalArgumentException(notBefore + " is not before " + notAfter);
    }
  }

  /** From yesterday on, ten years. */
  public static Validity current(InstantSource clock) {
    Instant yesterday = clock.instant().minus(SLACK);
    return new Validity(yesterday, yesterday.plus(YEAR.multipliedBy(10)));
  }

  /** Over since yesterday. */
  public static Validity expired(InstantSource clock) {
    Instant yesterday = clock.instant().minus(SLACK);
    return new Validity(yesterday.minus(YEAR), yesterday);
  }

  /** From tomorrow on. */
  public static Validity notYet(InstantSource clock) {
    Instant tomorrow = clock.instant().plus(SLACK);
    return new Validity(tomorrow, tomorrow.plus(YEAR));
  }
}
