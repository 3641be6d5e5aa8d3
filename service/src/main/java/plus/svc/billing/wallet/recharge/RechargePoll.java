package plus.svc.billing.wallet.recharge;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.payment.PaymentState;
import plus.svc.billing.wallet.recharge.RechargeDao.Due;

/**
 * Asks about orders of which nobody told us: makes payments that were not answered, asks how those
 * stand that were, closes orders whose time is over, and looks after closed and failed ones for a
 * while, since money may still come, and after paid ones, since it may be given back. Any number of
 * instances share the work.
 */
public final class RechargePoll {

  private static final int MOST_A_TURN = 50;

  /** Whoever dies in mid-turn leaves its orders to the others after this. */
  private static final Duration CLAIMED_FOR = Duration.ofMinutes(2);

  private final Jdbi jdbi;
  private final Recharge recharge;
  private final RechargeSettings settings;
  private final InstantSource clock;

  public RechargePoll(
      Jdbi jdbi, Recharge recharge, RechargeSettings settings, InstantSource clock) {
    this.jdbi = jdbi;
    this.recharge = recharge;
    this.settings = settings;
    this.clock = clock;
  }

  /** Looks at what is due; returns how many orders that were. */
  public int turn() {
    Instant now = clock.instant();
    List<Due> due =
        jdbi.withExtension(
            RechargeDao.class, dao -> dao.claim(now, now.plus(CLAIMED_FOR), MOST_A_TURN));
    int looked = 0;
    for (Due one : due) {
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
      recharge.find(one.orderId()).ifPresent(order -> look(order, one.looks()));
      looked++;
    }
    return looked;
  }

  private void look(RechargeOrder order, int looks) {
    RechargeOrder seen = order;
    @Nullable String paymentId = order.paymentId();
    boolean isOver = !clock.instant().isBefore(order.expiresAt());
    if (paymentId != null) {
      seen = recharge.look(order, paymentId);
    } else if (order.state() == RechargeState.PENDING && !isOver) {
      seen = recharge.pay(order);
    }
    if (seen.state() == RechargeState.PENDING && isOver) {
      Report over =
          new Report(Report.Origin.EXPIRY, "recharge", PaymentState.CLOSED, "", null, "", "");
      seen = recharge.tell(order.orderId(), over).order();
    }
    @Nullable Instant next = next(seen, looks);
    String state = seen.state().text();
    jdbi.useExtension(RechargeDao.class, dao -> dao.looked(order.orderId(), state, next));
  }

  /** When it is looked at again, null for never. */
  private @Nullable Instant next(RechargeOrder order, int looks) {
    boolean pending = order.state() == RechargeState.PENDING;
    if (order.state() == RechargeState.REFUNDED || (!pending && order.paymentId() == null)) {
      return null;
    }
    Instant now = clock.instant();
    if (order.state() == RechargeState.SUCCESS) {
      return settings.nextRefundLook(order.changedAt(), now);
    }
    Instant next = now.plus(settings.wait(order.state(), looks));
    if (pending && order.expiresAt().isAfter(now) && next.isAfter(order.expiresAt())) {
      next = order.expiresAt();
    }
    return next.isAfter(order.expiresAt().plus(settings.lateFor())) && !pending ? null : next;
  }
}
