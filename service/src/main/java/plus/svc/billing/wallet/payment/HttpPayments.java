package plus.svc.billing.wallet.payment;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;

/**
 * Speaks HTTP: {@code POST /v1/payment/create} with the fields of the proto as JSON, and {@code GET
 * /v1/payment/ID}. The order's id is sent as {@code Idempotency-Key} too.
 */
public final class HttpPayments implements PaymentService {

  private static final int MAX_REPLY_BYTES = 65_536;

  private final PaymentEndpoint endpoint;
  private final PaymentAccess access;
  private final PaymentConnections connections;
  private final ScheduledThreadPoolExecutor timer;

  /** Makes a client; it connects with the first call. */
  public HttpPayments(PaymentEndpoint endpoint, SecretRefs secrets) {
    this.endpoint = endpoint;
    this.access = new PaymentAccess(endpoint, secrets);
    this.connections = new PaymentConnections(endpoint, access);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "payment-deadline");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
    HttpPost request = new HttpPost(url("/v1/payment/create"));
    request.setHeader("Idempotency-Key", order.orderId().toString());
    request.setEntity(new ByteArrayEntity(PaymentJson.write(order), ContentType.APPLICATION_JSON));
    return call(request, time);
  }

  @Override
  public Payment get(String paymentId, Duration time) throws PaymentFailure {
    String id = URLEncoder.encode(paymentId, StandardCharsets.UTF_8).replace("+", "%20");
    return call(new HttpGet(url("/v1/payment/" + id)), time);
  }

  @Override
  public void close() {
    connections.close();
    timer.shutdownNow();
  }

  private String url(String path) {
    String base = endpoint.url().toString();
    return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
  }

  private Payment call(HttpUriRequestBase request, Duration time) throws PaymentFailure {
    request.setHeader(HttpHeaders.ACCEPT, "application/json");
    Secret token = access.token();
    if (token != null) {
      request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token.reveal());
    }
    CloseableHttpClient http = connections.client();
    AtomicBoolean late = new AtomicBoolean();
    // A read timeout alone never ends a slow drip.
    ScheduledFuture<?> deadline =
        timer.schedule(
            () -> {
              late.set(true);
              request.cancel();
            },
            Math.max(0, time.toNanos()),
            TimeUnit.NANOSECONDS);
    try (ClassicHttpResponse response =
        http.executeOpen(RoutingSupport.determineHost(request), request, null)) {
      return PaymentJson.read(body(response, request));
    } catch (IOException | HttpException | IllegalStateException e) {
      request.cancel();
      throw late.get()
          ? new PaymentFailure(PaymentFailure.Kind.TIMEOUT, "no whole answer within the time")
          : broken(e);
    } finally {
      deadline.cancel(false);
    }
  }

  private static byte[] body(ClassicHttpResponse response, HttpUriRequestBase request)
      throws IOException, PaymentFailure {
    int status = response.getCode();
    if (status != 200 && status != 201) {
      request.cancel();
      throw refused(status);
    }
    HttpEntity entity = response.getEntity();
    byte[] body =
        entity == null ? new byte[0] : entity.getContent().readNBytes(MAX_REPLY_BYTES + 1);
    if (body.length > MAX_REPLY_BYTES) {
      request.cancel();
      throw new PaymentFailure(
          PaymentFailure.Kind.MALFORMED, "its answer is longer than " + MAX_REPLY_BYTES + " bytes");
    }
    return body;
  }

  private static PaymentFailure refused(int status) {
    String reason = "it answers with status " + status;
    PaymentFailure.Kind kind =
        switch (status) {
          case 401, 403 -> PaymentFailure.Kind.UNAUTHORIZED;
          case 404 -> PaymentFailure.Kind.NOT_FOUND;
          case 409 -> PaymentFailure.Kind.CONFLICT;
          case 400, 422 -> PaymentFailure.Kind.REFUSED;
          case 408, 425, 429 -> PaymentFailure.Kind.UNREACHABLE;
          default ->
              status >= 500 ? PaymentFailure.Kind.UNREACHABLE : PaymentFailure.Kind.MALFORMED;
        };
    return new PaymentFailure(kind, reason);
  }

  private static PaymentFailure broken(Exception thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return new PaymentFailure(PaymentFailure.Kind.TRUST, "no trusted connection can be made");
      }
    }
    return new PaymentFailure(
        PaymentFailure.Kind.UNREACHABLE,
        "no connection, or it broke (" + thrown.getClass().getSimpleName() + ")");
  }
}
