package plus.svc.billing.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.api.report.Values;

/** How values look on a terminal. */
final class Text {

  static final String NONE = "-";

  private Text() {}

  /**
   * Foreign text on one line. Some of it comes from the exporters: it must not steer the terminal.
   */
  static String line(String text) {
    return Values.line(text);
  }

  /** Foreign text of several lines, each with what steers a terminal taken out. */
  static String lines(String text) {
    return String.join("\n", text.lines().map(Text::line).toList());
  }

  /** To the second, in UTC; {@value #NONE} if there is none yet. */
  static String instant(@Nullable Instant instant) {
    return instant == null || instant.equals(JobResult.NEVER)
        ? NONE
        : instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The two largest units, like {@code 45s}, {@code 3m05s}, {@code 2h10m}, {@code 4d06h}. */
  static String seconds(@Nullable Long seconds) {
    if (seconds == null) {
      return NONE;
    }
    Duration time = Duration.ofSeconds(Math.max(0, seconds));
    if (time.toDays() > 0) {
      return pair(time.toDays(), "d", time.toHoursPart(), "h");
    }
    if (time.toHours() > 0) {
      return pair(time.toHours(), "h", time.toMinutesPart(), "m");
    }
    return time.toMinutes() > 0
        ? pair(time.toMinutes(), "m", time.toSecondsPart(), "s")
        : time.toSeconds() + "s";
  }

  private static String pair(long large, String largeUnit, int small, String smallUnit) {
    return String.format(Locale.ROOT, "%d%s%02d%s", large, largeUnit, small, smallUnit);
  }
}
