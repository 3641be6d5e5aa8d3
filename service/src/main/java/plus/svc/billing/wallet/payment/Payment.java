package plus.svc.billing.wallet.payment;

import org.jspecify.annotations.Nullable;

/**
 * A payment, as the payment service tells it.
 *
 * @param paymentId never blank
 * @param payUrl where the payer pays, '' if there is none
 * @param payCode what the payer scans, '' if there is none
 * @param payParams what the payer's app needs, '' if nothing
 * @param amountMinor in the currency's smallest unit; null if it was not told
 * @param currency '' if it was not told
 */
public record Payment(
    String paymentId,
    PaymentState state,
    String payUrl,
    String payCode,
    String payParams,
    @Nullable Long amountMinor,
    String currency) {

  private static final int LONGEST_ID = 128;
  private static final int LONGEST_TEXT = 8_192;

  /**
   * Checks what came from outside.
   *
   * @throws IllegalArgumentException without the text itself
   */
  public Payment {
    if (paymentId.isBlank() || paymentId.length() > LONGEST_ID) {
      throw new IllegalArgumentException("a payment id of 1 to " + LONGEST_ID + " characters");
    }
    if (payUrl.length() > LONGEST_TEXT
        || payCode.length() > LONGEST_TEXT
        || payParams.length() > LONGEST_TEXT
        || currency.length() > LONGEST_ID) {
      throw new IllegalArgumentException("texts of at most " + LONGEST_TEXT + " characters");
    }
  }
}
