package plus.svc.billing.platform.setting;

import java.time.Duration;

/**
 * Durations of the configuration: Go's spelling ({@code 1m30s}) or Dropwizard's ({@code 5
 * minutes}).
 */
public final class DurationText {

  private DurationText() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Duration parse(String text) {
    try {
      return GoDuration.parse(text);
    } catch (IllegalArgumentException notGo) {
      return io.dropwizard.util.Duration.parse(text).toJavaDuration();
    }
  }
}
