package plus.svc.billing.wallet.recharge;

/** A recharge can't be had; the message names the field, its value and the mend. */
public final class RechargeProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong, with its business code of the wallet's contract. */
  public enum Kind {
    /** A field of the request. */
    BAD_REQUEST("100002"),
    /** There is no such account. */
    ACCOUNT_NOT_FOUND("190101"),
    /** There is no such order. */
    ORDER_NOT_FOUND("190301"),
    /** What was said of a payment doesn't fit the order. */
    MISMATCH("190304"),
    /** The idempotency key stands for another order. */
    KEY_TAKEN("190305"),
    /** No payment service is configured. */
    PAYMENT_UNAVAILABLE("190501"),
    /** The payment service refuses the order. */
    PAYMENT_REFUSED("190502"),
    /** No currency. */
    CURRENCY_REQUIRED("190503");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /** Of the wallet's contract. */
    public String code() {
      return code;
    }
  }

  private final Kind kind;

  public RechargeProblem(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
