package plus.svc.billing.wallet.recharge;

import java.util.Locale;
import plus.svc.billing.wallet.payment.PaymentState;

/**
 * How an order stands. What is said about it only ever moves it on in this order, so that it ends
 * in the furthest state that anybody told, whatever was told first: a success after a failure
 * counts, a failure after a success doesn't, a refund implies the success before it.
 */
public enum RechargeState {
  /** Nobody knows yet. */
  PENDING,
  /** Called off, or not paid in time. */
  CLOSED,
  /** Refused. */
  FAILED,
  /** Paid: the account was credited. */
  SUCCESS,
  /** Paid and given back: credited and debited again. */
  REFUNDED;

  /** What a report makes of an order. */
  public record Step(RechargeState next, boolean credits, boolean debits) {}

  /** The state after a report, and what is to be posted for it. */
  public Step after(PaymentState said) {
    RechargeState told =
        switch (said) {
          case PENDING -> PENDING;
          case CLOSED -> CLOSED;
          case FAILED -> FAILED;
          // Of a refund in part we aren't told how much: the credit stands, a person debits.
          case SUCCESS, PARTIALLY_REFUNDED -> SUCCESS;
          case REFUNDED -> REFUNDED;
        };
    RechargeState next = compareTo(told) >= 0 ? this : told;
    return new Step(next, !isPaid() && next.isPaid(), this != REFUNDED && next == REFUNDED);
  }

  /** Whether the account was credited. */
  public boolean isPaid() {
    return this == SUCCESS || this == REFUNDED;
  }

  /** As it is stored and shown. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What {@link #text} gave. */
  static RechargeState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
