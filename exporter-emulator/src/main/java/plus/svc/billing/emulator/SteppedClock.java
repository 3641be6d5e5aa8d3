package plus.svc.billing.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. For a {@code Clock}, call {@code withZone}. */
public final class SteppedClock implements InstantSource {
  private volatile Instant now;

  public SteppedClock(Instant start) {
    now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves on and tells the new time. */
  public synchronized Instant advance(Duration by) {
    Instant moved = now.plus(by);
    now = moved;
    return moved;
  }

  public synchronized void set(Instant instant) {
    now = instant;
  }
}
