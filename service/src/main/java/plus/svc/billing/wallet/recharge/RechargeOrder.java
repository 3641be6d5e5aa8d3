package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.payment.PaymentMethod;

/**
 * An order as it is stored.
 *
 * @param amount above zero, in the currency
 * @param amountMinor the same in its smallest unit
 * @param paymentId null until a payment service told it
 * @param payUrl where the payer pays, '' until then
 * @param trouble why there is no payment yet, '' if there is none
 * @param credit the ledger entry of the credit, null until there is one
 * @param refund the ledger entry that takes it back, null until there is one
 */
public record RechargeOrder(
    UUID orderId,
    UUID account,
    BigDecimal amount,
    String currency,
    long amountMinor,
    PaymentMethod method,
    String subject,
    String returnUrl,
    String clientIp,
    RechargeState state,
    @Nullable String paymentId,
    String payUrl,
    String payCode,
    String payParams,
    String trouble,
    Instant createdAt,
    Instant changedAt,
    Instant expiresAt,
    @Nullable UUID credit,
    @Nullable UUID refund) {

  /** Whether the payer has been told how to pay. */
  boolean canBePaid() {
    return !payUrl.isEmpty() || !payCode.isEmpty() || !payParams.isEmpty();
  }
}
