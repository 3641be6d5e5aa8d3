package plus.svc.billing.emulator.window;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Instants as Go's {@code time} package reads and writes them; both exporters are Go programs. */
public final class GoTime {
  /** Go's zero {@code time.Time}: what an exporter writes for "no snapshot yet". */
  public static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  /**
   * Upper-case T and Z only; an hour of one digit and a decimal comma are let through, as in Go.
   */
  private static final Pattern RFC3339 =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})T(\\d{1,2}):(\\d{2}):(\\d{2})(?:[.,](\\d+))?"
              + "(?:(Z)|([+-])(\\d{2}):(\\d{2}))");

  private GoTime() {}

  /** {@code time.Parse(time.RFC3339, text)}: empty where Go reports an error. */
  public static Optional<Instant> parse(String text) {
    Matcher m = RFC3339.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          OffsetDateTime.of(
                  number(m, 1),
                  number(m, 2),
                  number(m, 3),
                  number(m, 4),
                  number(m, 5),
                  number(m, 6),
                  nanos(m.group(7)),
                  offset(m))
              .toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** {@code Format(time.RFC3339Nano)} in UTC: up to nine fractional digits, trailing zeros cut. */
  public static String format(Instant instant) {
    String seconds = formatSeconds(instant);
    int nanos = instant.get(ChronoField.NANO_OF_SECOND);
    if (nanos == 0) {
      return seconds;
    }
    String fraction = Integer.toString(1_000_000_000 + nanos).substring(1);
    int end = fraction.length();
    while (fraction.charAt(end - 1) == '0') {
      end--;
    }
    return seconds.substring(0, seconds.length() - 1) + '.' + fraction.substring(0, end) + 'Z';
  }

  /** {@code Format(time.RFC3339)} in UTC: whole seconds, the rest cut off. */
  public static String formatSeconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static int nanos(@Nullable String digits) {
    if (digits == null) {
      return 0;
    }
    String nine = (digits + "000000000").substring(0, 9);
    return Integer.parseInt(nine);
  }

  private static ZoneOffset offset(Matcher m) {
    if (m.group(8) != null) {
      return ZoneOffset.UTC;
    }
    int sign = m.group(9).equals("-") ? -1 : 1;
    return ZoneOffset.ofHoursMinutes(sign * number(m, 10), sign * number(m, 11));
  }
}
