package plus.svc.billing.emulator.payment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Currency;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.Payment;

/**
 * Tells outcomes: POST of the fields of {@code RechargeCallbackRequest} as JSON, signed with
 * HMAC-SHA256 over {@code TIMESTAMP.BODY}.
 */
final class Callbacks {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String secret;
  private final InstantSource clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final AtomicInteger refused = new AtomicInteger();

  Callbacks(String secret, InstantSource clock) {
    this.secret = secret;
    this.clock = clock;
  }

  /** How many were not taken. */
  int refused() {
    return refused.get();
  }

  /**
   * Tells how a payment stands, if anybody wants to know; the answer's status, 0 if there is none.
   */
  int tell(CreatePaymentRequest order, Payment payment) {
    if (order.getNotifyUrl().isEmpty()) {
      return 0;
    }
    String body = body(payment);
    long timestamp = clock.instant().getEpochSecond();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(order.getNotifyUrl()))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("X-Payment-Timestamp", Long.toString(timestamp))
            .header("X-Payment-Signature", sign(timestamp, body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    int status = 0;
    try {
      status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      // Counted below, like a refusal.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (status / 100 != 2) {
      refused.incrementAndGet();
    }
    return status;
  }

  private static String body(Payment payment) {
    int digits = Currency.getInstance(payment.getCurrency()).getDefaultFractionDigits();
    BigDecimal amount = BigDecimal.valueOf(payment.getAmount(), digits);
    try {
      return JSON.writeValueAsString(
          JSON.createObjectNode()
              .put("rechargeOrderId", payment.getOrderId())
              .put("paymentId", payment.getPaymentId())
              .put("amount", amount)
              .put("amountText", amount.toPlainString())
              .put("currency", payment.getCurrency())
              .put("status", payment.getStatus().name()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a callback of texts and a number", e);
    }
  }

  private String sign(long timestamp, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signed = mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC-SHA256", e);
    }
  }
}
