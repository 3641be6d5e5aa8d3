package plus.svc.billing.wallet.outbox;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which changes of an account are worth a notice: those that cross a line, once a crossing. Pure
 * arithmetic on the value before a change and the value after it; whoever asks holds the account's
 * lock, so that no two changes begin from the same value.
 *
 * @param quotaLowPercent notices when less than this share of a quota is left; 0 for never
 * @param rateAmount most that an account is debited in a quarter of an hour without a notice; 0 for
 *     any amount
 * @param rateCount most debits of an account in a quarter of an hour without a notice; 0 for any
 *     number
 */
public record Thresholds(int quotaLowPercent, BigDecimal rateAmount, long rateCount) {

  private static final long QUARTER_SECONDS = 15L * 60;
  private static final BigInteger HUNDRED = BigInteger.valueOf(100);

  public Thresholds {
    if (quotaLowPercent < 0 || quotaLowPercent > 100 || rateAmount.signum() < 0 || rateCount < 0) {
      throw new IllegalArgumentException(
          "thresholds: percent 0 to 100, amount and number 0 or more");
    }
  }

  /** What the debits of an account come to since a quarter of an hour began. */
  public record Debits(BigDecimal amount, long count) {

    /** None yet. */
    public static final Debits NONE = new Debits(BigDecimal.ZERO, 0);

    /** One more, of an amount above zero. */
    public Debits plus(BigDecimal debit) {
      return new Debits(amount.add(debit), Math.addExact(count, 1));
    }
  }

  /** The beginning of the quarter of an hour in which an instant is; by the clock, in UTC. */
  public static Instant quarterOf(Instant at) {
    return Instant.ofEpochSecond(
        Math.floorDiv(at.getEpochSecond(), QUARTER_SECONDS) * QUARTER_SECONDS);
  }

  /**
   * A balance that was at its limit or above and is below it now.
   *
   * @param currency of both balances and the limit
   */
  public Optional<Notice> balance(
      UUID account,
      Instant at,
      String currency,
      BigDecimal limit,
      BigDecimal before,
      BigDecimal after) {
    if (before.compareTo(limit) < 0 || after.compareTo(limit) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Notice(
            account,
            NoticeKind.BALANCE_LOW,
            at,
            Map.of(
                "currency", currency,
                "balance", after.toPlainString(),
                "limit", limit.toPlainString())));
  }

  /**
   * A quota of which enough was left and is no more.
   *
   * @param meter what is counted, such as {@code passport}
   * @param period such as {@code 2026-04}
   * @param granted units of the period as a whole
   * @param leftBefore units
   * @param leftAfter units
   */
  public Optional<Notice> quota(
      UUID account,
      Instant at,
      String meter,
      String period,
      long granted,
      long leftBefore,
      long leftAfter) {
    return quota(
        account, at, meter, period, new Left(granted, leftBefore), new Left(granted, leftAfter));
  }

  /** What is left of a quota, in units. */
  public record Left(long granted, long left) {}

  /** As {@link #quota}, where more or less may have been granted meanwhile. */
  public Optional<Notice> quota(
      UUID account, Instant at, String meter, String period, Left before, Left after) {
    if (isLow(before.granted(), before.left()) || !isLow(after.granted(), after.left())) {
      return Optional.empty();
    }
    return Optional.of(
        new Notice(
            account,
            NoticeKind.QUOTA_LOW,
            at,
            Map.of(
                "meter", meter,
                "period", period,
                "granted", Long.toString(after.granted()),
                "remaining", Long.toString(after.left()),
                "percent", Integer.toString(quotaLowPercent))));
  }

  private boolean isLow(long granted, long left) {
    return BigInteger.valueOf(left)
            .multiply(HUNDRED)
            .compareTo(BigInteger.valueOf(granted).multiply(BigInteger.valueOf(quotaLowPercent)))
        < 0;
  }

  /**
   * Debits of a quarter of an hour that were usual and are no more, by amount or by number: one
   * notice, also where both lines are crossed one after the other.
   *
   * @param before of the quarter in which {@code at} is; {@link Debits#NONE} if it begins now
   */
  public Optional<Notice> rate(
      UUID account, Instant at, String currency, Debits before, Debits after) {
    if (isUnusual(before) || !isUnusual(after)) {
      return Optional.empty();
    }
    return Optional.of(
        new Notice(
            account,
            NoticeKind.UNUSUAL_RATE,
            at,
            Map.of(
                "currency", currency,
                "from", quarterOf(at).toString(),
                "amount", after.amount().toPlainString(),
                "debits", Long.toString(after.count()),
                "usual_amount", rateAmount.toPlainString(),
                "usual_debits", Long.toString(rateCount))));
  }

  private boolean isUnusual(Debits debits) {
    return (rateAmount.signum() > 0 && debits.amount().compareTo(rateAmount) > 0)
        || (rateCount > 0 && debits.count() > rateCount);
  }
}
