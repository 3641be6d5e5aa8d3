package plus.svc.billing.emulator.payment;

/** How a payment goes. */
public enum Behaviour {
  /** Paid and told. */
  SUCCEED,
  /** Refused and told. */
  FAIL,
  /** Nobody paid in time; told. */
  CLOSE,
  /** Closed and told, then paid all the same and told. */
  LATE_SUCCESS,
  /** Paid and told, then given back and told. */
  REFUND,
  /** Paid and told twice. */
  TELL_TWICE,
  /** Paid, and nobody is told: only who asks learns of it. */
  TELL_NOBODY,
  /** A hundred times the amount is said to be paid. */
  WRONG_AMOUNT,
  /** Said to be paid in another currency. */
  WRONG_CURRENCY,
  /** The payment is made, and the first answer about it is lost with the connection; then paid. */
  LOSE_REPLY,
  /** The payment is made, and the first request gets no answer at all; then paid. */
  NO_REPLY,
  /** The order is refused. */
  REFUSE
}
