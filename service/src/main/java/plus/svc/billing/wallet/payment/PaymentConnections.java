package plus.svc.billing.wallet.payment;

import java.util.Objects;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.ServerCheck;

/** The HTTP connections to a payment service, made anew when its trust changes. */
final class PaymentConnections implements AutoCloseable {

  private static final int MOST_CONNECTIONS = 8;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_LINE_BYTES = 8_192;
  private static final Timeout LONGEST = Timeout.ofSeconds(30);

  private final PaymentEndpoint endpoint;
  private final PaymentAccess access;

  // Guarded by this.
  private @Nullable CloseableHttpClient http;
  private @Nullable Secret trusted;
  private boolean closed;

  PaymentConnections(PaymentEndpoint endpoint, PaymentAccess access) {
    this.endpoint = endpoint;
    this.access = access;
  }

  /**
   * What carries the next request.
   *
   * @throws PaymentFailure {@code trust} if its authorities can't be read
   */
  synchronized CloseableHttpClient client() throws PaymentFailure {
    if (closed) {
      throw new PaymentFailure(PaymentFailure.Kind.UNREACHABLE, "the service is stopping");
    }
    Secret wanted = endpoint.isSecure() ? access.bundle() : null;
    CloseableHttpClient known = http;
    if (known != null && Objects.equals(wanted, trusted)) {
      return known;
    }
    CloseableHttpClient fresh = connect(wanted);
    if (known != null) {
      known.close(CloseMode.GRACEFUL);
    }
    http = fresh;
    trusted = wanted;
    return fresh;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (http != null) {
      http.close(CloseMode.IMMEDIATE);
    }
  }

  private CloseableHttpClient connect(@Nullable Secret bundle) throws PaymentFailure {
    PoolingHttpClientConnectionManagerBuilder pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_CONNECTIONS)
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setMaxHeaderCount(MAX_HEADERS)
                            .setMaxLineLength(MAX_HEADER_LINE_BYTES)
                            .build())
                    .build())
            // The deadline of a call is shorter; this is for what it can't cut.
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(LONGEST)
                    .setSocketTimeout(LONGEST)
                    .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                    .build());
    if (endpoint.isSecure()) {
      pool.setTlsSocketStrategy(ServerCheck.strategy(context(bundle), endpoint.serverName()));
    }
    return HttpClients.custom()
        .setConnectionManager(pool.build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(LONGEST)
                .setResponseTimeout(LONGEST)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("billing-service")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .disableConnectionState()
        .build();
  }

  private static SSLContext context(@Nullable Secret bundle) throws PaymentFailure {
    SSLFactory.Builder tls = SSLFactory.builder().withProtocols(ServerCheck.protocols());
    if (bundle == null) {
      tls.withDefaultTrustMaterial();
    } else {
      tls.withTrustMaterial(PaymentAccess.trust(bundle));
    }
    return tls.build().getSslContext();
  }
}
