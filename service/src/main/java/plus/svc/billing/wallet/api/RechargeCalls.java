package plus.svc.billing.wallet.api;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Amounts;
import plus.svc.billing.wallet.payment.PaymentMethod;
import plus.svc.billing.wallet.recharge.CallbackJson;
import plus.svc.billing.wallet.recharge.Recharge;
import plus.svc.billing.wallet.recharge.RechargeOrder;
import plus.svc.billing.wallet.recharge.RechargeProblem;
import plus.svc.billing.wallet.recharge.Told;

/** The calls about recharges, answered by the use cases. */
public final class RechargeCalls implements Recharges {

  private final Recharge recharge;

  public RechargeCalls(Recharge recharge) {
    this.recharge = recharge;
  }

  @Override
  public Replies.RechargeReply order(Ask ask, UUID account, String key) {
    Fields fields = ask.fields();
    BigDecimal amount = fields.positive("amount");
    String currency = fields.text("currency").orElse("");
    String method = fields.text("paymentMethod").orElse("alipay");
    String returnUrl = fields.text("returnUrl").orElse("");
    String clientIp = fields.text("clientIp").orElse("");
    fields.nothingElse();
    PaymentMethod by =
        PaymentMethod.parse(method)
            .orElseThrow(
                () ->
                    WalletFailure.bad(
                        "paymentMethod is '"
                            + Fields.shown(method)
                            + "': must be one of "
                            + PaymentMethod.NAMES));
    try {
      RechargeOrder order =
          recharge.order(
              new plus.svc.billing.wallet.recharge.Ask(
                  account, amount, currency, by, returnUrl, clientIp, ask.caller().name(), key));
      return new Replies.RechargeReply(
          order.orderId().toString(),
          order.payUrl(),
          order.state().text(),
          order.payCode(),
          order.payParams(),
          Amounts.text(order.amount()),
          order.currency());
    } catch (RechargeProblem e) {
      throw failure(e);
    }
  }

  @Override
  public Replies.GetRechargeReply find(UUID id) {
    RechargeOrder order =
        recharge
            .find(id)
            .orElseThrow(
                () ->
                    WalletFailure.business(
                        WalletFailure.Kind.NOT_FOUND, "190301", "there is no order " + id));
    return new Replies.GetRechargeReply(
        order.orderId().toString(),
        order.account().toString(),
        order.state().text(),
        Amounts.text(order.amount()),
        order.currency(),
        order.method().text(),
        order.paymentId(),
        order.payUrl(),
        order.createdAt(),
        order.changedAt(),
        order.credit(),
        order.refund());
  }

  @Override
  public Replies.RechargeCallbackReply told(Ask ask) {
    try {
      CallbackJson.Callback callback =
          CallbackJson.read(ask.caller().name(), ask.body().getBytes(StandardCharsets.UTF_8));
      Told told = recharge.callback(callback.orderId(), callback.report());
      return new Replies.RechargeCallbackReply(true, told.order().state().text());
    } catch (RechargeProblem e) {
      throw failure(e);
    }
  }

  private static WalletFailure failure(RechargeProblem problem) {
    @Nullable String message = problem.getMessage();
    return WalletFailure.business(
        switch (problem.kind()) {
          case BAD_REQUEST, CURRENCY_REQUIRED -> WalletFailure.Kind.BAD;
          case ACCOUNT_NOT_FOUND, ORDER_NOT_FOUND -> WalletFailure.Kind.NOT_FOUND;
          case MISMATCH, PAYMENT_REFUSED -> WalletFailure.Kind.REFUSED;
          case KEY_TAKEN -> WalletFailure.Kind.CONFLICT;
          case PAYMENT_UNAVAILABLE -> WalletFailure.Kind.BUSY;
        },
        problem.kind().code(),
        message == null ? "" : message);
  }
}
