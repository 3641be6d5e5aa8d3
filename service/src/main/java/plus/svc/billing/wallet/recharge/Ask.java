package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.payment.PaymentMethod;

/**
 * What a caller wants paid.
 *
 * @param account that is to be credited
 * @param returnUrl where the payer goes afterwards; '' as configured
 * @param clientIp the payer's address, '' if unknown
 * @param caller name of the token
 * @param key idempotency key: the same caller gets the same order for it; null for a new order each
 *     time
 */
public record Ask(
    UUID account,
    BigDecimal amount,
    String currency,
    PaymentMethod method,
    String returnUrl,
    String clientIp,
    String caller,
    @Nullable String key) {

  /** Longest of its texts. */
  public static final int MOST_TEXT = 2_048;
}
