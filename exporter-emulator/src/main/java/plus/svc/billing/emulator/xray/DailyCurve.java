package plus.svc.billing.emulator.xray;

import java.time.Duration;
import java.time.Instant;

/**
 * How lively people are by the time of day: most at nine in the evening, least at nine in the
 * morning.
 */
final class DailyCurve {
  private static final double FLOOR = 0.15;
  private static final double PEAK_HOUR = 21;

  private DailyCurve() {}

  /**
   * Between 0.15 and 1.
   *
   * @param shift how far the person's day is from UTC's
   */
  static double at(Instant instant, Duration shift) {
    double hour = Math.floorMod(instant.plus(shift).getEpochSecond(), 86_400L) / 3600.0;
    double wave = (1 + Math.cos(2 * Math.PI * (hour - PEAK_HOUR) / 24)) / 2;
    return FLOOR + (1 - FLOOR) * Math.pow(wave, 1.5);
  }
}
