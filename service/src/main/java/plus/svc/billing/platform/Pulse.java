package plus.svc.billing.platform;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether a loop goes on, well or not. Measured by a clock that nobody sets: a step of the
 * machine's time stops no heart.
 */
public final class Pulse {

  private final String name;
  private final long toleratedNanos;
  private final LongSupplier nanos;
  private volatile long lastBeat;

  /**
   * Begins with a beat.
   *
   * @param tolerated longest time between two beats
   */
  public Pulse(String name, Duration tolerated) {
    this(name, tolerated, System::nanoTime);
  }

  Pulse(String name, Duration tolerated, LongSupplier nanos) {
    this.name = name;
    this.toleratedNanos = tolerated.toNanos();
    this.nanos = nanos;
    this.lastBeat = nanos.getAsLong();
  }

  /** Whose it is. */
  public String name() {
    return name;
  }

  /** The loop is at work. */
  public void beat() {
    lastBeat = nanos.getAsLong();
  }

  /** Whether the last beat is too long ago. */
  public boolean isStill() {
    return nanos.getAsLong() - lastBeat > toleratedNanos;
  }
}
