package plus.svc.billing.wallet.recharge;

import java.math.BigDecimal;
import java.util.Locale;
import plus.svc.billing.wallet.payment.PaymentState;

/**
 * Holds what somebody says against the order. It looks only at what never changes about an order,
 * its payment aside, so that who speaks first makes no difference. No I/O.
 */
final class Verification {

  private Verification() {}

  /** Why a report can't be about this order; '' if it can. */
  static String problem(RechargeOrder order, Report report) {
    String known = order.paymentId();
    if (known != null && !report.paymentId().isEmpty() && !known.equals(report.paymentId())) {
      return "payment_id is another one than the order's payment";
    }
    if (!report.currency().isEmpty() && !report.currency().equalsIgnoreCase(order.currency())) {
      return "currency is " + shown(report.currency()) + ": the order is in " + order.currency();
    }
    BigDecimal amount = report.amount();
    if (amount != null && tellsPaid(report.said()) && amount.compareTo(order.amount()) != 0) {
      return "amount is "
          + shown(amount.precision() > 40 ? "out of range" : amount.toPlainString())
          + ": the order is about "
          + order.amount().toPlainString();
    }
    if (amount == null && tellsPaid(report.said()) && report.origin() == Report.Origin.CALLBACK) {
      return "amount is missing: must be what was paid";
    }
    return "";
  }

  private static boolean tellsPaid(PaymentState said) {
    return said == PaymentState.SUCCESS
        || said == PaymentState.REFUNDED
        || said == PaymentState.PARTIALLY_REFUNDED;
  }

  private static String shown(String text) {
    String clean = text.replaceAll("[^\\p{Alnum}.\\- ]", "?");
    return (clean.length() <= 40 ? clean : clean.substring(0, 40)).toUpperCase(Locale.ROOT);
  }
}
