package plus.svc.billing.wallet.recharge;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How orders are dealt with.
 *
 * @param callTime the most that a call to the payment service takes
 * @param notifyUrl where it tells outcomes, '' if it is only asked
 * @param returnUrl where payers go afterwards, '' for nowhere
 * @param expireAfter an order that is pending for so long is closed
 * @param lateFor how long after that it is still asked about
 * @param refundFor how long a paid one is asked about, since it may be given back; zero for never
 */
public record RechargeSettings(
    Duration callTime,
    String notifyUrl,
    String returnUrl,
    Duration expireAfter,
    Duration lateFor,
    Duration refundFor) {

  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final Duration LATE_WAIT = Duration.ofHours(1);
  private static final Duration FIRST_REFUND_WAIT = Duration.ofHours(1);
  private static final Duration LONGEST_REFUND_WAIT = Duration.ofDays(1);
  private static final int MOST_DOUBLINGS = 10;

  /** How long until the next look at an order, after so many. */
  Duration wait(RechargeState state, int looks) {
    if (state != RechargeState.PENDING) {
      return LATE_WAIT;
    }
    Duration doubled = FIRST_LOOK.multipliedBy(1L << Math.min(looks, MOST_DOUBLINGS));
    return doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
  }

  /**
   * When a paid order is looked at next: after as long as it has been paid, from an hour to a day,
   * and a last time when {@code refundFor} is over. Null for never.
   */
  @Nullable Instant nextRefundLook(Instant paidAt, Instant now) {
    Instant end = paidAt.plus(refundFor);
    if (!now.isBefore(end)) {
      return null;
    }
    Duration pause = Duration.between(paidAt, now);
    pause = pause.compareTo(FIRST_REFUND_WAIT) < 0 ? FIRST_REFUND_WAIT : pause;
    pause = pause.compareTo(LONGEST_REFUND_WAIT) > 0 ? LONGEST_REFUND_WAIT : pause;
    Instant next = now.plus(pause);
    return next.isBefore(end) ? next : end;
  }
}
