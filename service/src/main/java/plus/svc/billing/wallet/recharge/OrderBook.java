package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.wallet.payment.Payment;
import plus.svc.billing.wallet.payment.PaymentState;
import plus.svc.billing.wallet.recharge.RechargeLedger.Posted;
import plus.svc.billing.wallet.recharge.RechargeLedger.Posting;
import plus.svc.billing.wallet.recharge.Told.Effect;

/**
 * Takes what is said of orders into the tables: the order's row is locked, then its account; state,
 * entries and event are written in that one transaction, or nothing is.
 */
final class OrderBook {

  /** The entry of a credit. */
  static final String CREDIT = "recharge";

  /** The entry that takes a credit back. */
  static final String REFUND = "recharge_refund";

  private static final int MOST_BODY = 8_192;

  private final RechargeLedger ledger;
  private final RechargeSettings settings;
  private final InstantSource clock;

  OrderBook(RechargeLedger ledger, RechargeSettings settings, InstantSource clock) {
    this.ledger = ledger;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Takes a report.
   *
   * @param payment where the payer pays, if the report is an answer about it
   * @throws RechargeProblem if there is no such order
   */
  Told tell(UUID orderId, Report report, @Nullable Payment payment) {
    return ledger.inTransaction(handle -> tell(handle, orderId, report, payment));
  }

  private Told tell(Handle handle, UUID orderId, Report report, @Nullable Payment payment) {
    RechargeDao dao = handle.attach(RechargeDao.class);
    RechargeOrder order = dao.lock(orderId).orElseThrow(() -> unknown(orderId));
    String problem = problem(dao, order, report);
    if (!problem.isEmpty()) {
      note(dao, order, report, Effect.REFUSED, problem);
      return new Told(order, Effect.REFUSED, problem);
    }
    if (order.paymentId() == null && !report.paymentId().isEmpty()) {
      dao.notePayment(orderId, report.paymentId());
    }
    if (payment != null && payment.tellsHowToPay()) {
      dao.notePaying(orderId, payment.payUrl(), payment.payCode(), payment.payParams());
    }
    Effect effect = move(handle, dao, order, report);
    RechargeOrder after = dao.find(orderId).orElseThrow();
    note(dao, after, report, effect, "");
    return new Told(after, effect, "");
  }

  /** What a report would do; does nothing. */
  static Told foresee(RechargeDao dao, UUID orderId, Report report) {
    RechargeOrder order = dao.find(orderId).orElseThrow(() -> unknown(orderId));
    String problem = problem(dao, order, report);
    RechargeState.Step step = order.state().after(report.said());
    Effect effect =
        !problem.isEmpty()
            ? Effect.REFUSED
            : step.next() == order.state() ? Effect.NONE : effect(step);
    return new Told(order, effect, problem);
  }

  private static RechargeProblem unknown(UUID orderId) {
    return new RechargeProblem(
        RechargeProblem.Kind.ORDER_NOT_FOUND, "there is no order " + orderId);
  }

  private static Effect effect(RechargeState.Step step) {
    if (step.credits()) {
      return step.debits() ? Effect.CREDITED_AND_REFUNDED : Effect.CREDITED;
    }
    return step.debits() ? Effect.REFUNDED : Effect.MOVED;
  }

  private static String problem(RechargeDao dao, RechargeOrder order, Report report) {
    String problem = Verification.problem(order, report);
    boolean unheard = order.paymentId() == null && !report.paymentId().isEmpty();
    return problem.isEmpty() && unheard && dao.paysAnother(report.paymentId(), order.orderId())
        ? "payment_id is that of another order"
        : problem;
  }

  private Effect move(Handle handle, RechargeDao dao, RechargeOrder order, Report report) {
    RechargeState.Step step = order.state().after(report.said());
    if (step.next() == order.state()) {
      return Effect.NONE;
    }
    Instant now = clock.instant();
    List<Posting> postings = new ArrayList<>();
    if (step.credits()) {
      postings.add(posting(order, report, CREDIT, order.amount(), now, null));
    }
    if (step.debits()) {
      postings.add(posting(order, report, REFUND, order.amount().negate(), now, order.credit()));
    }
    List<Posted> posted =
        postings.isEmpty() ? List.of() : ledger.post(handle, order.account(), postings);
    UUID credit = step.credits() ? posted.get(0).entry() : order.credit();
    UUID refund = step.debits() ? posted.get(posted.size() - 1).entry() : order.refund();
    boolean lookOn = !step.next().isPaid();
    boolean isKnown = order.paymentId() != null || !report.paymentId().isEmpty();
    Instant next =
        step.next() == RechargeState.SUCCESS && isKnown ? settings.nextRefundLook(now, now) : null;
    if (dao.move(order.orderId(), step.next().text(), credit, refund, lookOn, next, now) != 1) {
      throw new InvariantViolation("order " + order.orderId() + " went while it was locked");
    }
    return effect(step);
  }

  private static Posting posting(
      RechargeOrder order,
      Report report,
      String kind,
      BigDecimal amount,
      Instant now,
      @Nullable UUID corrects) {
    return new Posting(
        kind + "|" + order.orderId(),
        kind,
        amount,
        order.currency(),
        now,
        report.caller(),
        "recharge:" + report.origin().text(),
        body(report),
        corrects,
        kind.equals(REFUND) && corrects == null);
  }

  /** What says nothing new is counted; a look that found nothing is not even that. */
  private void note(
      RechargeDao dao, RechargeOrder after, Report report, Effect effect, String problem) {
    boolean looked =
        report.origin() == Report.Origin.POLL || report.origin() == Report.Origin.CREATE;
    boolean nothingNew =
        report.said() == PaymentState.PENDING
            || (report.said() == PaymentState.SUCCESS && after.state() == RechargeState.SUCCESS);
    if (effect == Effect.NONE && looked && nothingNew) {
      return;
    }
    boolean repeated =
        (effect == Effect.NONE || effect == Effect.REFUSED)
            && dao.wasSaid(
                after.orderId(),
                report.origin().text(),
                report.said().text(),
                effect == Effect.REFUSED,
                report.paymentId(),
                problem);
    if (repeated) {
      dao.countRepeat(after.orderId());
      return;
    }
    dao.event(
        after.orderId(),
        new RechargeEvent(
            clock.instant(),
            report.origin().text(),
            report.caller(),
            report.said().text(),
            report.paymentId(),
            report.amount(),
            report.currency(),
            effect.text(),
            problem,
            after.state().text()),
        body(report));
  }

  private static String body(Report report) {
    String body = report.body().replace('\0', '?');
    return body.length() <= MOST_BODY ? body : body.substring(0, MOST_BODY);
  }
}
