package plus.svc.billing.wallet.outbox;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.ClientTls;
import plus.svc.billing.platform.Secret;

/** How a target is connected to; strict as towards exporters (ADR 4), and to allowed addresses. */
final class WebhookConnections {

  /** How many requests a target gets at a time. */
  static final int AT_A_TIME = 4;

  private static final TimeValue CHECKED_AFTER_IDLE = TimeValue.ofSeconds(1);
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_LINE_BYTES = 8_192;

  private WebhookConnections() {}

  /**
   * A client for one target.
   *
   * @param bundle PEM authorities, null for the JDK's
   * @throws IllegalArgumentException if the bundle cannot be used
   */
  static CloseableHttpClient client(
      WebhookTarget target, @Nullable Secret bundle, DnsResolver names) {
    Timeout timeout = Timeout.of(target.timeout());
    AddressRule rule = rule(target);
    PoolingHttpClientConnectionManagerBuilder connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(AT_A_TIME)
            .setMaxConnPerRoute(AT_A_TIME)
            .setDnsResolver(new GuardedDns(names, rule))
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder()
                    .http1Config(
                        Http1Config.custom()
                            .setMaxHeaderCount(MAX_HEADERS)
                            .setMaxLineLength(MAX_HEADER_LINE_BYTES)
                            .build())
                    .build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(timeout)
                    .setSocketTimeout(timeout)
                    .setTimeToLive(CONNECTION_LIFE)
                    .setValidateAfterInactivity(CHECKED_AFTER_IDLE)
                    .build());
    if (!target.isPlain()) {
      connections.setTlsSocketStrategy(tls(bundle, rule));
    }
    return client(connections.build(), timeout);
  }

  private static CloseableHttpClient client(
      PoolingHttpClientConnectionManager connections, Timeout timeout) {
    return HttpClients.custom()
        .setConnectionManager(connections)
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(timeout)
                .setResponseTimeout(timeout)
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

  private static AddressRule rule(WebhookTarget target) {
    if (target.isPlain()) {
      return AddressRule.LOOPBACK;
    }
    return target.allowPrivate() ? AddressRule.PRIVATE_TOO : AddressRule.PUBLIC;
  }

  /** Looks at the address once more that the socket really has, before anything is sent. */
  private static TlsSocketStrategy tls(@Nullable Secret bundle, AddressRule rule) {
    DefaultClientTlsStrategy checked =
        new DefaultClientTlsStrategy(
            ClientTls.trusting(bundle),
            ClientTls.protocols(),
            null,
            SSLBufferMode.STATIC,
            HostnameVerificationPolicy.BOTH,
            HttpsSupport.getDefaultHostnameVerifier());
    return (socket, host, port, attachment, context) -> {
      if (!rule.allows(socket.getInetAddress())) {
        throw new GuardedDns.Refused();
      }
      return checked.upgrade(socket, host, port, attachment, context);
    };
  }
}
