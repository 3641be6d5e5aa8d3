package plus.svc.billing.wallet;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * What holds for every account.
 *
 * @param unit of main accounts
 * @param zone whose calendar months and days count
 */
public record WalletPolicy(String unit, ZoneId zone) {

  /** First instant of the month that holds an instant. */
  public Instant monthStart(Instant instant) {
    return firstDay(instant).atStartOfDay(zone).toInstant();
  }

  /** First instant after the month that holds an instant. */
  public Instant monthEnd(Instant instant) {
    return firstDay(instant).plusMonths(1).atStartOfDay(zone).toInstant();
  }

  /** First instant of the day that holds an instant. */
  public Instant dayStart(Instant instant) {
    return instant.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
  }

  private LocalDate firstDay(Instant instant) {
    return instant.atZone(zone).toLocalDate().withDayOfMonth(1);
  }
}
