package plus.svc.billing.pipeline.source.http;

import java.util.Locale;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Loopback;
import plus.svc.billing.platform.SecretRefs;

/** The connections to one source, with its trust and credential. */
final class Channel implements AutoCloseable {

  private static final TimeValue CHECKED_AFTER_IDLE = TimeValue.ofSeconds(1);
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(10);
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_LINE_BYTES = 8_192;

  private final SourceSpec source;
  private final SecretRefs secrets;
  private final CloseableHttpClient http;

  private Channel(SourceSpec source, SecretRefs secrets, CloseableHttpClient http) {
    this.source = source;
    this.secrets = secrets;
    this.http = http;
  }

  /**
   * Prepares connections; makes none yet.
   *
   * @throws SourceFailure {@code credential} if trust or certificate cannot be used, {@code tls} if
   *     the URL is plain HTTP beyond loopback
   */
  static Channel open(SourceSpec source, SecretRefs secrets) throws SourceFailure {
    Timeout timeout = Timeout.of(source.requestTimeout());
    CloseableHttpClient http =
        HttpClients.custom()
            .setConnectionManager(connections(source, timeout))
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
            // Unzipped by ourselves, so that the limits count what comes out.
            .disableContentCompression()
            .disableConnectionState()
            .build();
    return new Channel(source, secrets, http);
  }

  boolean serves(SourceSpec other) {
    return source.equals(other);
  }

  CloseableHttpClient http() {
    return http;
  }

  /**
   * Puts the bearer token on the request; read anew each time, so a rotated one is used at once.
   *
   * @throws SourceFailure {@code credential} if there is none to read
   */
  void authorize(HttpGet request) throws SourceFailure {
    String ref = source.credentialRef();
    if (source.authMode() != AuthMode.BEARER || ref == null) {
      return;
    }
    String token;
    try {
      token = secrets.resolve(ref).reveal();
    } catch (IllegalArgumentException e) {
      throw new SourceFailure(Kind.CREDENTIAL, "credential_ref: " + e.getMessage());
    }
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new SourceFailure(
          Kind.CREDENTIAL, "the token that credential_ref names has blanks or other bytes in it");
    }
    request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token);
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }

  private static PoolingHttpClientConnectionManager connections(SourceSpec source, Timeout timeout)
      throws SourceFailure {
    PoolingHttpClientConnectionManagerBuilder connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(2)
            .setMaxConnPerRoute(2)
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
    if ("https".equals(source.baseUrl().getScheme().toLowerCase(Locale.ROOT))) {
      connections.setTlsSocketStrategy(TlsMaterial.strategy(source));
    } else if (Loopback.isLiteral(source.baseUrl().getHost())) {
      connections.setDnsResolver(LoopbackDns.INSTANCE);
    } else {
      throw new SourceFailure(Kind.TLS, "plain http is for loopback only: base_url must be https");
    }
    return connections.build();
  }
}
