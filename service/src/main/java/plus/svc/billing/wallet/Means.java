package plus.svc.billing.wallet;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What an account had at an instant for uses of one service. {@link Decider} decides on what it
 * locks, and comes to the same.
 *
 * @param refusal why no use at all would be taken, whatever is there; null if some may be
 * @param price of a unit that is not free
 * @param free units that were free still
 * @param spendable balance less holds, and the overdraft
 */
public record Means(@Nullable Refusal refusal, BigDecimal price, long free, BigDecimal spendable) {

  /** Of an account or a service of which nothing is known. */
  static Means none(Refusal refusal) {
    return new Means(refusal, BigDecimal.ZERO, 0, BigDecimal.ZERO);
  }

  /** What a use of so many units would come to. */
  public WalletReads.Check check(long count) {
    if (refusal != null) {
      return new WalletReads.Check(refusal, 0, 0, BigDecimal.ZERO, spendable);
    }
    long unpaid = Math.min(count, free);
    long paid = count - unpaid;
    BigDecimal cost = price.multiply(BigDecimal.valueOf(paid));
    boolean covered = cost.signum() <= 0 || spendable.compareTo(cost) >= 0;
    return new WalletReads.Check(
        covered ? null : Refusal.INSUFFICIENT_BALANCE, unpaid, paid, cost, spendable);
  }
}
