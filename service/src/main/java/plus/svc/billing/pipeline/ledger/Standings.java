package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.quantity.Minutes;

/**
 * The rule of arrears and suspension. A balance below zero opens an episode, its reason is kept; a
 * balance of zero or more ends an episode that the balance opened, and lifts the suspension it led
 * to. An episode that accounts opened (a failed payment) is never ended here.
 */
final class Standings {

  /** Reason of an episode that a balance below zero opened. */
  static final String BALANCE = "balance";

  private Standings() {}

  /** Settles an account after rating: its reasons, and what readers are to see. */
  static AccountChange settle(Account account) {
    AccountChange.Standing standing = standing(account);
    long more = account.remainingToShow() - account.shownRemaining;
    account.shownRemaining = account.remainingToShow();
    return new AccountChange(
        account.id,
        account.charges.add(account.shownMend).add(account.unshown),
        more,
        account.lastRatedAt,
        account.lastEntryAt,
        standing,
        account.before,
        account.kept());
  }

  private static AccountChange.Standing standing(Account account) {
    boolean below = account.balanceAfter().signum() < 0;
    boolean arrears = account.shared.arrears();
    if (below && !arrears) {
      account.arrearsReason = BALANCE;
      return new AccountChange.Standing(true, belowZeroSince(account), true, false);
    }
    if (below) {
      return account.shared.throttled()
          ? AccountChange.Standing.SAME
          : new AccountChange.Standing(null, null, true, false);
    }
    if (account.arrearsReason.equals(BALANCE)) {
      account.arrearsReason = "";
      boolean lift = account.suspendReason.equals(BALANCE);
      account.suspendReason = lift ? "" : account.suspendReason;
      return new AccountChange.Standing(arrears ? false : null, null, false, lift);
    }
    return AccountChange.Standing.SAME;
  }

  /** When the balance first fell below zero, in the order of posting. */
  private static @Nullable Instant belowZeroSince(Account account) {
    BigDecimal running = account.balance.add(account.opening);
    for (RatedBucket bucket : account.changed) {
      running = running.add(bucket.moreAmount());
      if (running.signum() < 0) {
        return Minutes.start(bucket.minute());
      }
    }
    return account.lastRatedAt;
  }
}
