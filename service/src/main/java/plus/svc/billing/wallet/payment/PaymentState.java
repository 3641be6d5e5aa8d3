package plus.svc.billing.wallet.payment;

import java.util.Locale;
import java.util.Optional;

/** How a payment stands, as a payment service tells it. */
public enum PaymentState {
  /** Not decided yet. */
  PENDING,
  /** The money is there. */
  SUCCESS,
  /** Refused. */
  FAILED,
  /** Called off, or nobody paid in time. */
  CLOSED,
  /** Was paid, and all of it was given back. */
  REFUNDED,
  /** Was paid, and some of it was given back. */
  PARTIALLY_REFUNDED;

  /** What {@link #parse} understands, for messages. */
  public static final String NAMES =
      "PENDING, SUCCESS, FAILED, CLOSED (or EXPIRED), REFUNDED, PARTIALLY_REFUNDED";

  /** By name in any case. */
  public static Optional<PaymentState> parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    if (name.equals("EXPIRED")) {
      return Optional.of(CLOSED);
    }
    for (PaymentState state : values()) {
      if (state.name().equals(name)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /** As it is stored and shown: {@code partially_refunded}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
