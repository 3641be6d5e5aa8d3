package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.payment.PaymentState;

/**
 * What somebody says of an order's payment.
 *
 * @param caller who: the name of a token, or of a part of this service
 * @param paymentId '' if it was not told
 * @param amount what was paid, in units of the currency; null if it was not told
 * @param currency '' if it was not told
 * @param body word for word, '' where there is none
 */
public record Report(
    Origin origin,
    String caller,
    PaymentState said,
    String paymentId,
    @Nullable BigDecimal amount,
    String currency,
    String body) {

  /** How it came to us. */
  public enum Origin {
    /** The answer to the order's creation at the payment service. */
    CREATE,
    /** The payment service told us. */
    CALLBACK,
    /** We asked. */
    POLL,
    /** An operator says so. */
    MANUAL,
    /** Its time is over. */
    EXPIRY;

    /** As it is stored. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
