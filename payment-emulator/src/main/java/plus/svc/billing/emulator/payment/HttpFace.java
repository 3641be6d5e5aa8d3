package plus.svc.billing.emulator.payment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.GetPaymentRequest;
import plus.svc.billing.proto.payment.v1.Payment;
import plus.svc.billing.proto.payment.v1.PaymentMethod;

/** The HTTP side: POST /v1/payment/create, GET /v1/payment/ID. */
final class HttpFace implements HttpHandler {

  private static final String CREATE = "/v1/payment/create";
  private static final String ONE = "/v1/payment/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Desk desk;
  private final String token;

  /**
   * @param token who doesn't show it is refused; '' if everybody may ask
   */
  HttpFace(Desk desk, String token) {
    this.desk = desk;
    this.token = token;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String shown = exchange.getRequestHeaders().getFirst("Authorization");
      if (!token.isEmpty() && !("Bearer " + token).equals(shown)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      try {
        answer(exchange, payment(exchange));
      } catch (Desk.Refusal e) {
        switch (e.trouble()) {
          case NOT_FOUND -> exchange.sendResponseHeaders(404, -1);
          case OTHER_CONTENT -> exchange.sendResponseHeaders(409, -1);
          case REFUSED -> exchange.sendResponseHeaders(400, -1);
          case LOST -> {
            // Closing the exchange without a reply closes the connection.
          }
        }
      }
    }
  }

  private Payment payment(HttpExchange exchange) throws IOException, Desk.Refusal {
    String path = exchange.getRequestURI().getRawPath();
    if (exchange.getRequestMethod().equals("POST") && path.equals(CREATE)) {
      return desk.create(request(JSON.readTree(exchange.getRequestBody())));
    }
    if (exchange.getRequestMethod().equals("GET") && path.startsWith(ONE)) {
      String id = URLDecoder.decode(path.substring(ONE.length()), StandardCharsets.UTF_8);
      return desk.get(GetPaymentRequest.newBuilder().setPaymentId(id).build());
    }
    throw new Desk.Refusal(Desk.Trouble.NOT_FOUND);
  }

  private static CreatePaymentRequest request(JsonNode body) {
    return CreatePaymentRequest.newBuilder()
        .setOrderId(body.path("orderId").asText())
        .setUid(body.path("uid").asText())
        .setSource(body.path("source").asText())
        .setAmount(body.path("amount").asLong())
        .setCurrency(body.path("currency").asText())
        .setMethod(PaymentMethod.valueOf(body.path("method").asText()))
        .setSubject(body.path("subject").asText())
        .setReturnUrl(body.path("returnUrl").asText())
        .setNotifyUrl(body.path("notifyUrl").asText())
        .setClientIp(body.path("clientIp").asText())
        .build();
  }

  private static void answer(HttpExchange exchange, Payment payment) throws IOException {
    byte[] body =
        JSON.writeValueAsBytes(
            JSON.createObjectNode()
                .put("paymentId", payment.getPaymentId())
                .put("status", payment.getStatus().name())
                .put("payUrl", payment.getPayUrl())
                .put("payCode", payment.getPayCode())
                .put("payParams", payment.getPayParams())
                .put("orderId", payment.getOrderId())
                .put("amount", Long.toString(payment.getAmount()))
                .put("currency", payment.getCurrency()));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
