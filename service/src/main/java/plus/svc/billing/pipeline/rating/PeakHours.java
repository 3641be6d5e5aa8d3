package plus.svc.billing.pipeline.rating;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.quantity.Minutes;

/**
 * The daily window in which the peak multiplier holds; outside it the off-peak one does. Where no
 * window is configured neither does.
 *
 * @param days days on which the window begins
 * @param from first local minute of the window
 * @param to first local minute after it; {@code to <= from} runs over midnight
 */
public record PeakHours(
    ZoneId zone, Set<DayOfWeek> days, @Nullable LocalTime from, @Nullable LocalTime to) {

  /** No window: minutes have no phase. */
  public static final PeakHours NONE = new PeakHours(ZoneOffset.UTC, Set.of(), null, null);

  public PeakHours {
    days = Set.copyOf(days);
  }

  /** Which multiplier a minute takes. */
  public enum Phase {
    UNPHASED,
    PEAK,
    OFFPEAK
  }

  /** The phase of an epoch minute. */
  public Phase phaseOf(long epochMinute) {
    if (from == null || to == null) {
      return Phase.UNPHASED;
    }
    ZonedDateTime local = Minutes.start(epochMinute).atZone(zone);
    LocalTime time = local.toLocalTime();
    boolean overMidnight = !to.isAfter(from);
    boolean today = !time.isBefore(from) && (overMidnight || time.isBefore(to));
    boolean sinceYesterday = overMidnight && time.isBefore(to);
    boolean peak =
        (today && days.contains(local.getDayOfWeek()))
            || (sinceYesterday && days.contains(local.getDayOfWeek().minus(1)));
    return peak ? Phase.PEAK : Phase.OFFPEAK;
  }
}
