package plus.svc.billing.wallet;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * What holds for every account.
 *
 * @param unit of main accounts
 * @param zone whose calendar months and days count
 * @param notices who is told of what transactions make of accounts
 */
public record WalletPolicy(String unit, ZoneId zone, Notices notices) {

  /** A policy of which nobody is told anything. */
  public WalletPolicy(String unit, ZoneId zone) {
    this(unit, zone, Notices.NONE);
  }

  /** The same with somebody who is told. */
  public WalletPolicy telling(Notices told) {
    return new WalletPolicy(unit, zone, told);
  }

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
