package plus.svc.billing.wallet.payment;

import java.util.Locale;
import java.util.Optional;

/** How the payer pays. */
public enum PaymentMethod {
  ALIPAY,
  WECHATPAY,
  STRIPE,
  PAYPAL,
  APPLEPAY,
  GOOGLEPAY;

  /** What {@link #parse} understands, for messages. */
  public static final String NAMES =
      "alipay, wechatpay (or wechat), stripe, paypal, applepay, googlepay";

  /** By name in any case; {@code wechat} is what old callers were told to send. */
  public static Optional<PaymentMethod> parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "alipay" -> Optional.of(ALIPAY);
      case "wechatpay", "wechat" -> Optional.of(WECHATPAY);
      case "stripe" -> Optional.of(STRIPE);
      case "paypal" -> Optional.of(PAYPAL);
      case "applepay" -> Optional.of(APPLEPAY);
      case "googlepay" -> Optional.of(GOOGLEPAY);
      default -> Optional.empty();
    };
  }

  /** As it is stored and shown: {@code wechatpay}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
