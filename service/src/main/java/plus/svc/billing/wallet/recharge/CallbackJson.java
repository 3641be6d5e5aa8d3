package plus.svc.billing.wallet.recharge;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.wallet.Amounts;
import plus.svc.billing.wallet.Unacceptable;
import plus.svc.billing.wallet.payment.PaymentState;

/** The body of a callback: the fields of {@code RechargeCallbackRequest} as JSON. */
public final class CallbackJson {

  private static final int MOST_ID = 128;
  private static final int MOST_DIGITS = 40;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private CallbackJson() {}

  /** Which order is meant, and what is said of it. */
  public record Callback(UUID orderId, Report report) {}

  /**
   * Reads a callback. {@code amountText} wins over the number {@code amount}, which is taken by its
   * digits and never as a binary fraction.
   *
   * @param caller who is entitled to send it
   * @throws RechargeProblem naming the field, its value and the mend
   */
  public static Callback read(String caller, byte[] body) {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (IOException e) {
      throw bad("the body is no JSON");
    }
    return new Callback(
        order(root.path("rechargeOrderId").asText("")),
        new Report(
            Report.Origin.CALLBACK,
            caller,
            status(root.path("status").asText("")),
            id(root.path("paymentId").asText("")),
            amount(root),
            root.path("currency").asText(""),
            new String(body, StandardCharsets.UTF_8)));
  }

  /**
   * The order of an id as a text.
   *
   * @throws RechargeProblem if it is none
   */
  public static UUID order(String text) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw text.isBlank()
        ? bad("rechargeOrderId is missing: must be the order's id")
        : new RechargeProblem(
            RechargeProblem.Kind.ORDER_NOT_FOUND, "rechargeOrderId is no order's id");
  }

  /**
   * A status by name, in any case.
   *
   * @throws RechargeProblem if it is none
   */
  public static PaymentState status(String text) {
    return PaymentState.parse(text)
        .orElseThrow(() -> bad("status is not known: must be one of " + PaymentState.NAMES));
  }

  private static String id(String text) {
    if (text.length() > MOST_ID || text.indexOf('\0') >= 0) {
      throw bad("paymentId is too long: must have at most " + MOST_ID + " characters");
    }
    return text;
  }

  private static @Nullable BigDecimal amount(JsonNode root) {
    JsonNode text = root.path("amountText");
    JsonNode number = root.path("amount");
    try {
      if (text.isTextual() && !text.textValue().isEmpty()) {
        return Amounts.decimal("amountText", text.textValue());
      }
      if (number.isNumber()) {
        // An exponent of a million must not become a million digits; with it it is refused.
        BigDecimal value = number.decimalValue();
        return value.precision() > MOST_DIGITS || Math.abs((long) value.scale()) > MOST_DIGITS
            ? Amounts.decimal("amount", value.toString())
            : Amounts.decimal("amount", value.toPlainString());
      }
      return number.isTextual() ? Amounts.decimal("amount", number.textValue()) : null;
    } catch (Unacceptable e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private static RechargeProblem bad(String message) {
    return new RechargeProblem(RechargeProblem.Kind.BAD_REQUEST, message);
  }
}
