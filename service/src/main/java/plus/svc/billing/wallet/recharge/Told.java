package plus.svc.billing.wallet.recharge;

import java.util.Locale;

/**
 * What became of a report.
 *
 * @param order as it stands after it
 * @param problem why it was not believed, '' if it was
 */
public record Told(RechargeOrder order, Effect effect, String problem) {

  /** What a report did. */
  public enum Effect {
    /** It said nothing new. */
    NONE,
    /** It moved the order on without any money. */
    MOVED,
    /** It credited the account. */
    CREDITED,
    /** It took the credit back. */
    REFUNDED,
    /** It credited and took back: the refund was the first that we heard. */
    CREDITED_AND_REFUNDED,
    /** Amount, currency or payment are not the order's: nothing was done. */
    REFUSED;

    /** As it is stored. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
