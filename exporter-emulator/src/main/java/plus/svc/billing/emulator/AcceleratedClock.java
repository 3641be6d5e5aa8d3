package plus.svc.billing.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that starts at an instant of its own and runs so many times as fast as another. */
public final class AcceleratedClock implements InstantSource {
  private final InstantSource base;
  private final Instant baseStart;
  private final Instant start;
  private final int speed;

  public AcceleratedClock(InstantSource base, Instant start, int speed) {
    if (speed < 1) {
      throw new IllegalArgumentException("speed must be at least 1: " + speed);
    }
    this.base = base;
    this.baseStart = base.instant();
    this.start = start;
    this.speed = speed;
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.between(baseStart, base.instant()).multipliedBy(speed));
  }
}
