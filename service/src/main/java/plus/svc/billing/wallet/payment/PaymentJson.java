package plus.svc.billing.wallet.payment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code payment.proto} as JSON in lowerCamelCase. Minor units are written as a
 * number and read as a number or a text; a payment may stand in an envelope's {@code data}.
 */
final class PaymentJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PaymentJson() {}

  static byte[] write(PaymentOrder order) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("orderId", order.orderId().toString())
            .put("uid", order.uid())
            .put("source", PaymentOrder.SOURCE)
            .put("amount", order.amountMinor())
            .put("currency", order.currency())
            .put("method", order.method().name())
            .put("subject", order.subject())
            .put("returnUrl", order.returnUrl())
            .put("notifyUrl", order.notifyUrl())
            .put("clientIp", order.clientIp());
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Payment read(byte[] body) throws PaymentFailure {
    JsonNode root;
    try {
      root = JSON.readTree(body);
    } catch (IOException e) {
      throw malformed("its answer is no JSON");
    }
    JsonNode payment = root.path("data").isObject() ? root.path("data") : root;
    PaymentState state =
        PaymentState.parse(payment.path("status").asText(""))
            .orElseThrow(() -> malformed("a payment without a status that we know"));
    try {
      return new Payment(
          payment.path("paymentId").asText(""),
          state,
          text(payment, "payUrl"),
          text(payment, "payCode"),
          text(payment, "payParams"),
          minor(payment.path("amount")),
          text(payment, "currency"));
    } catch (IllegalArgumentException e) {
      throw malformed("its payment is wrong: there must be " + e.getMessage());
    }
  }

  private static String text(JsonNode payment, String name) {
    JsonNode value = payment.path(name);
    return value.isObject() || value.isArray() ? value.toString() : value.asText("");
  }

  private static @Nullable Long minor(JsonNode amount) {
    if (amount.isMissingNode() || amount.isNull()) {
      return null;
    }
    if (amount.isIntegralNumber() && amount.canConvertToLong()) {
      return amount.longValue();
    }
    try {
      return Long.valueOf(amount.isTextual() ? amount.textValue() : "");
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("an amount in whole minor units", e);
    }
  }

  private static PaymentFailure malformed(String reason) {
    return new PaymentFailure(PaymentFailure.Kind.MALFORMED, reason);
  }
}
