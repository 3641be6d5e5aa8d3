package plus.svc.billing.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import plus.svc.billing.platform.setting.GoDuration;

/**
 * Times as operators write them: RFC 3339 with its offset, a date (its beginning in UTC), {@code
 * now}, {@code today}, {@code yesterday}, or a time before now such as {@code -24h}, {@code -7d},
 * {@code -1h30m}.
 */
public final class Times {

  private static final Pattern DAYS = Pattern.compile("-(\\d{1,5})d");

  private Times() {}

  /**
   * Reads a time.
   *
   * @param input the name it was given under, for the message
   * @throws BadInput if it is none
   */
  public static Instant read(String input, String text, Instant now) {
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    try {
      Matcher days = DAYS.matcher(text);
      if (text.equals("now")) {
        return now;
      } else if (text.equals("today")) {
        return today;
      } else if (text.equals("yesterday")) {
        return today.minus(1, ChronoUnit.DAYS);
      } else if (days.matches()) {
        return now.minus(Duration.ofDays(Long.parseLong(days.group(1))));
      } else if (text.startsWith("-")) {
        return now.plus(GoDuration.parse(text));
      } else if (text.length() == "2026-01-31".length()) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new BadInput(
          input,
          Inputs.shown(text),
          "a time such as 2026-01-31T12:00:00Z, 2026-01-31, -24h, -7d, today, yesterday or now");
    }
  }
}
