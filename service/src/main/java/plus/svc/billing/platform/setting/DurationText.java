package plus.svc.billing.platform.setting;

import java.time.Duration;
import java.util.Locale;

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

  /** Go's spelling of a duration, such as {@code 1h30m} or {@code 0.5s}. */
  public static String of(Duration duration) {
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
