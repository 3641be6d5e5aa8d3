package plus.svc.billing.config;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;

/**
 * What rating assumes, as checked.
 *
 * @param pricePerByte money for one byte, exact, 0 or more
 * @param initialBalance money of an account that the database knows nothing of
 * @param sourceRevision written where the readers expect a revision
 * @param defaultRegion region of every bucket, '' for none
 * @param periodZone zone of the calendar month that is a quota period
 * @param plans terms by pricing rule version; they win over a profile's zeros
 */
public record RatingSettings(
    BigDecimal pricePerByte,
    BigDecimal initialBalance,
    long initialIncludedQuotaBytes,
    String sourceRevision,
    String defaultRegion,
    ZoneId periodZone,
    PeakHours peak,
    Map<String, PlanTerms> plans) {

  public RatingSettings {
    plans = Map.copyOf(plans);
  }

  /**
   * When the peak multiplier applies.
   *
   * @param days none means never
   * @param from included
   * @param to excluded; equal to {@code from} means the whole day, before it means past midnight
   */
  public record PeakHours(ZoneId zone, Set<DayOfWeek> days, LocalTime from, LocalTime to) {

    public PeakHours {
      days = Set.copyOf(days);
    }
  }

  /**
   * A plan's own terms, so that 0 bytes and price 0 mean just that.
   *
   * @param unlimited nothing is charged and no quota is used
   */
  public record PlanTerms(boolean unlimited, BigDecimal pricePerByte, long includedQuotaBytes) {}
}
