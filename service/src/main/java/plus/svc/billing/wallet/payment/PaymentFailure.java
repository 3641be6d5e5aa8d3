package plus.svc.billing.wallet.payment;

import java.util.Locale;

/**
 * The payment service gave no payment. The message says why to an operator and holds nothing that
 * the other side could have written there.
 */
public final class PaymentFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  public enum Kind {
    /** None is configured. */
    NOT_CONFIGURED,
    /** It failed too often of late and is not asked for a while. */
    CIRCUIT_OPEN,
    /** Nothing answers there, or the connection broke. */
    UNREACHABLE,
    /** No answer within the time. */
    TIMEOUT,
    /** Trust, certificate, or our own credential: it can't be spoken to safely. */
    TRUST,
    /** It refuses our credential. */
    UNAUTHORIZED,
    /** It refuses the order itself. */
    REFUSED,
    /** It has another payment under this order. */
    CONFLICT,
    /** It doesn't know the payment. */
    NOT_FOUND,
    /** It answers what cannot be read. */
    MALFORMED;

    /** As it stands in messages and metrics. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;

  /**
   * Makes a failure without a cause, since a cause's message may quote the other side.
   *
   * @param reason one clause, without secrets and without anything that was received
   */
  public PaymentFailure(Kind kind, String reason) {
    super(kind.text() + ": " + reason);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the same call may succeed a moment later. */
  public boolean isPassing() {
    return kind == Kind.UNREACHABLE;
  }

  /** Whether the service itself is in trouble, not only this order. */
  public boolean isOutage() {
    return switch (kind) {
      case UNREACHABLE, TIMEOUT, TRUST, UNAUTHORIZED, MALFORMED -> true;
      default -> false;
    };
  }

  /** Whether no payment was made of the order and none will be, however often it is asked. */
  public boolean isFinal() {
    return kind == Kind.REFUSED;
  }
}
