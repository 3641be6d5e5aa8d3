package plus.svc.billing.wallet.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.ClientTls;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;

/**
 * Sends messages to one target. What its references name is read for each message, so that a new
 * secret or bundle is used by the next one.
 */
final class WebhookClient implements AutoCloseable {

  /** What is read of an answer, to use the connection again; the rest is cut off. */
  private static final int ANSWER_BYTES = 4_096;

  private final WebhookTarget target;
  private final SecretRefs secrets;
  private final DnsResolver names;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;

  // Guarded by this.
  private @Nullable Secret bundle;
  private @Nullable CloseableHttpClient http;

  WebhookClient(
      WebhookTarget target,
      SecretRefs secrets,
      DnsResolver names,
      InstantSource clock,
      ScheduledExecutorService timer) {
    this.target = target;
    this.secrets = secrets;
    this.names = names;
    this.clock = clock;
    this.timer = timer;
  }

  /** Sends a message once; never throws for what the target or the way to it does. */
  Outcome send(Message message) {
    HttpPost request;
    CloseableHttpClient client;
    try {
      request = signed(message);
      client = client();
    } catch (IllegalArgumentException e) {
      return Outcome.CREDENTIAL;
    }
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> alarm =
        timer.schedule(
            () -> {
              late.set(true);
              request.cancel();
            },
            target.timeout().toMillis(),
            TimeUnit.MILLISECONDS);
    Outcome told = null;
    try (ClassicHttpResponse answer =
        client.executeOpen(RoutingSupport.determineHost(request), request, null)) {
      told = outcome(answer.getCode());
      readSome(answer.getEntity(), request);
      return told;
    } catch (IOException | HttpException | IllegalStateException e) {
      if (told != null) {
        // It said what counts; that the rest of it was cut off is ours.
        return told;
      }
      return late.get() ? Outcome.TIMEOUT : outcome(e);
    } finally {
      alarm.cancel(false);
    }
  }

  @Override
  public synchronized void close() {
    if (http != null) {
      http.close(CloseMode.IMMEDIATE);
    }
  }

  private HttpPost signed(Message message) {
    WebhookSignature signature = WebhookSignature.with(secrets.resolve(target.secretRef()));
    var at = clock.instant();
    HttpPost request = new HttpPost(target.url());
    request.setHeader(WebhookSignature.ID, message.id().toString());
    request.setHeader(WebhookSignature.TIMESTAMP, Long.toString(at.getEpochSecond()));
    request.setHeader(
        WebhookSignature.SIGNATURE, signature.of(message.id().toString(), at, message.bytes()));
    request.setEntity(new ByteArrayEntity(message.bytes(), ContentType.APPLICATION_JSON));
    return request;
  }

  private synchronized CloseableHttpClient client() {
    Secret now = ClientTls.bundle(target.caBundleRef(), secrets);
    if (http != null && Objects.equals(now, bundle)) {
      return http;
    }
    CloseableHttpClient fresh = WebhookConnections.client(target, now, names);
    if (http != null) {
      http.close(CloseMode.IMMEDIATE);
    }
    http = fresh;
    bundle = now;
    return fresh;
  }

  /** The answer's words are of no interest; a long or slow one ends with its connection. */
  private static void readSome(@Nullable HttpEntity entity, HttpPost request) {
    if (entity == null) {
      return;
    }
    try {
      InputStream content = entity.getContent();
      if (content.readNBytes(ANSWER_BYTES).length < ANSWER_BYTES || content.read() < 0) {
        return;
      }
    } catch (IOException e) {
      // It has said what counts before.
    }
    request.cancel();
  }

  private static Outcome outcome(int status) {
    if (status >= 200 && status < 300) {
      return Outcome.DELIVERED;
    }
    return status >= 300 && status < 400 ? Outcome.REDIRECT : Outcome.STATUS;
  }

  private static Outcome outcome(Throwable thrown) {
    if (has(thrown, GuardedDns.Refused.class)) {
      return Outcome.ADDRESS;
    }
    if (has(thrown, ConnectTimeoutException.class) || has(thrown, SocketTimeoutException.class)) {
      return Outcome.TIMEOUT;
    }
    if (has(thrown, SSLException.class) || has(thrown, CertificateException.class)) {
      return Outcome.TLS;
    }
    boolean unreachable =
        has(thrown, UnknownHostException.class)
            || has(thrown, SocketException.class)
            || has(thrown, NoHttpResponseException.class);
    return unreachable ? Outcome.UNREACHABLE : Outcome.ERROR;
  }

  private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
    Throwable e = thrown;
    for (int depth = 0; e != null && depth < 20; depth++) {
      if (type.isInstance(e)) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }
}
