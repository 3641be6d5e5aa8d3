package plus.svc.billing.admin;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.wallet.Amounts;
import plus.svc.billing.wallet.Unacceptable;
import plus.svc.billing.wallet.payment.PaymentState;
import plus.svc.billing.wallet.recharge.Recharge;
import plus.svc.billing.wallet.recharge.RechargeEvent;
import plus.svc.billing.wallet.recharge.RechargeOrder;
import plus.svc.billing.wallet.recharge.RechargeProblem;
import plus.svc.billing.wallet.recharge.Told;

/**
 * {@code recharge-confirm}: shows a recharge order with all that was said of it, and what saying
 * how its payment ended would do; applied, does it. What was paid is given as it stands in the
 * payment service's own books, and is compared with the order.
 */
public final class RechargeConfirmOperation implements Operation {

  private static final List<String> STATES = List.of("success", "failed", "closed", "refunded");

  private final Recharge recharge;

  public RechargeConfirmOperation(Recharge recharge) {
    this.recharge = recharge;
  }

  @Override
  public String name() {
    return "recharge-confirm";
  }

  @Override
  public Set<String> inputs() {
    return Set.of("order", "state", "payment", "amount", "currency");
  }

  @Override
  public boolean canApply() {
    return true;
  }

  @Override
  public void run(Inputs inputs, Report report) {
    UUID order =
        inputs.uuid("order").orElseThrow(() -> new BadInput("order", "", "it is required"));
    plus.svc.billing.wallet.recharge.Report said = said(inputs);
    Told told;
    try {
      told = inputs.applies() ? recharge.tell(order, said) : recharge.foresee(order, said);
    } catch (RechargeProblem e) {
      throw new BadInput("order", order.toString(), "give the id of a recharge order");
    }
    show(report, order);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("applied", inputs.applies());
    summary.put("effect", told.effect().text());
    summary.put("problem", told.problem());
    summary.put("state", told.order().state().text());
    boolean done = inputs.applies() && told.effect() != Told.Effect.REFUSED;
    report.end(summary, done || told.effect() == Told.Effect.NONE ? Verdict.CLEAN : Verdict.FOUND);
  }

  private void show(Report report, UUID id) {
    RechargeOrder order = recharge.find(id).orElseThrow();
    report.section(
        "order",
        "order",
        "account",
        "state",
        "amount",
        "currency",
        "method",
        "payment",
        "trouble",
        "created_at",
        "expires_at",
        "credit",
        "refund");
    report.row(
        order.orderId().toString(),
        order.account().toString(),
        order.state().text(),
        order.amount(),
        order.currency(),
        order.method().text(),
        order.paymentId(),
        order.trouble(),
        order.createdAt(),
        order.expiresAt(),
        text(order.credit()),
        text(order.refund()));
    report.section(
        "events", "at", "origin", "caller", "said", "payment", "amount", "effect", "problem",
        "state");
    for (RechargeEvent event : recharge.events(id)) {
      report.row(
          event.at(),
          event.origin(),
          event.caller(),
          event.said(),
          event.paymentId(),
          event.amount(),
          event.effect(),
          event.problem(),
          event.state());
    }
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  private static plus.svc.billing.wallet.recharge.Report said(Inputs inputs) {
    PaymentState state =
        PaymentState.parse(inputs.oneOf("state", STATES).orElse("success")).orElseThrow();
    @Nullable String amount = inputs.text("amount").orElse(null);
    @Nullable BigDecimal paid;
    try {
      paid = amount == null ? null : Amounts.positive("amount", amount);
    } catch (Unacceptable e) {
      throw new BadInput("amount", Inputs.shown(String.valueOf(amount)), "a decimal above zero");
    }
    return new plus.svc.billing.wallet.recharge.Report(
        plus.svc.billing.wallet.recharge.Report.Origin.MANUAL,
        inputs.caller(),
        state,
        inputs.text("payment").orElse(""),
        paid,
        inputs.text("currency").orElse(""),
        inputs.reason());
  }
}
