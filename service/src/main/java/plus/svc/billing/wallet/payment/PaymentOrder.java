package plus.svc.billing.wallet.payment;

import java.util.UUID;

/**
 * What a payment is made for.
 *
 * @param orderId the payment service makes at most one payment of it
 * @param uid whose order it is
 * @param amountMinor in the currency's smallest unit, above zero
 * @param currency ISO 4217, upper case
 * @param subject what the payer reads
 * @param returnUrl where the payer goes afterwards, '' for nowhere
 * @param notifyUrl where the payment service tells the outcome, '' for nowhere
 * @param clientIp the payer's address, '' if unknown
 */
public record PaymentOrder(
    UUID orderId,
    String uid,
    long amountMinor,
    String currency,
    PaymentMethod method,
    String subject,
    String returnUrl,
    String notifyUrl,
    String clientIp) {

  /** As what this service signs its payments. */
  public static final String SOURCE = "billing";

  public PaymentOrder {
    if (amountMinor <= 0) {
      throw new IllegalArgumentException("a payment of " + amountMinor + ": must be above zero");
    }
    MinorUnits.digits(currency);
  }
}
