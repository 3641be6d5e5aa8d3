package plus.svc.billing.pipeline.source.http;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
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
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Loopback;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.ServerCheck;

/** The connections to one source, with its trust and credential. */
final class Channel implements AutoCloseable {

  private static final TimeValue CHECKED_AFTER_IDLE = TimeValue.ofSeconds(1);
  private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(10);
  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_LINE_BYTES = 8_192;

  private final SourceSpec source;
  private final CredentialWatch credentials;

  private volatile Map<String, Instant> ours = Map.of();
  private volatile @Nullable Instant server;

  // Guarded by this.
  private @Nullable SSLContext tls;
  private @Nullable CloseableHttpClient http;
  private boolean closed;

  /** Prepares a channel; reads and connects nothing yet. */
  Channel(SourceSpec source, SecretRefs secrets) {
    this.source = source;
    this.credentials = new CredentialWatch(source, secrets);
  }

  /** When the certificates in use end: {@code client}, {@code trust} and {@code server}. */
  Map<String, Instant> expiries() {
    Map<String, Instant> all = new HashMap<>(ours);
    Instant theirs = server;
    if (theirs != null) {
      all.put("server", theirs);
    }
    return all;
  }

  /** Notes when the first of the server's certificates ends; nothing without TLS. */
  void noteServer(@Nullable SSLSession session) {
    if (session == null) {
      return;
    }
    try {
      Instant first = null;
      for (Certificate certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          Instant end = x509.getNotAfter().toInstant();
          first = first == null || end.isBefore(first) ? end : first;
        }
      }
      server = first;
    } catch (SSLPeerUnverifiedException e) {
      // It had none; the handshake would have refused it.
    }
  }

  SourceSpec source() {
    return source;
  }

  boolean serves(SourceSpec other) {
    return source.equals(other);
  }

  /** Why the newest credential or trust is not in use; null if it is. */
  @Nullable String alarm() {
    return credentials.alarm();
  }

  /**
   * Puts the bearer token on the request and gives what carries it; both as the source's references
   * name them now. Where the trust or the client certificate changed, the connections made with the
   * old ones are closed.
   *
   * @throws SourceFailure {@code credential} if trust or credential cannot be used, {@code tls} if
   *     the URL is plain HTTP beyond loopback
   */
  CloseableHttpClient authorized(HttpGet request) throws SourceFailure {
    ReadyCredential ready = credentials.current();
    ours = ready.expiries();
    Secret token = ready.token();
    if (token != null) {
      request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token.reveal());
    }
    return client(ready.tls());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (http != null) {
      http.close(CloseMode.IMMEDIATE);
    }
  }

  private synchronized CloseableHttpClient client(@Nullable SSLContext wanted)
      throws SourceFailure {
    CloseableHttpClient known = http;
    if (known != null && tls == wanted) {
      return known;
    }
    CloseableHttpClient fresh = client(source, wanted);
    if (known != null) {
      known.close(CloseMode.IMMEDIATE);
    }
    if (closed) {
      fresh.close(CloseMode.IMMEDIATE);
    }
    tls = wanted;
    http = fresh;
    return fresh;
  }

  private static CloseableHttpClient client(SourceSpec source, @Nullable SSLContext tls)
      throws SourceFailure {
    Timeout timeout = Timeout.of(source.requestTimeout());
    return HttpClients.custom()
        .setConnectionManager(connections(source, tls, timeout))
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
  }

  private static PoolingHttpClientConnectionManager connections(
      SourceSpec source, @Nullable SSLContext tls, Timeout timeout) throws SourceFailure {
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
    if (tls != null) {
      connections.setTlsSocketStrategy(ServerCheck.strategy(tls, source.serverName()));
    } else if (Loopback.isLiteral(source.baseUrl().getHost())) {
      connections.setDnsResolver(LoopbackDns.INSTANCE);
    } else {
      throw new SourceFailure(Kind.TLS, "plain http is for loopback only: base_url must be https");
    }
    return connections.build();
  }
}
