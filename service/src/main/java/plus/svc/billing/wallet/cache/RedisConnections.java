package plus.svc.billing.wallet.cache;

import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.ClientTls;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;

/** How Redis is connected to: TLS with the name checked, and short timeouts for everything. */
final class RedisConnections {

  private static final int MOST = 32;

  private RedisConnections() {}

  /**
   * Connections that are made when needed.
   *
   * @throws IllegalArgumentException if the bundle cannot be read or used
   */
  static JedisPool pool(CacheSettings settings, @Nullable Secret password, SecretRefs secrets) {
    int millis = Math.toIntExact(settings.timeout().toMillis());
    DefaultJedisClientConfig.Builder client =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .database(settings.database())
            .clientName("billing-service");
    if (!settings.user().isEmpty()) {
      client.user(settings.user());
    }
    if (password != null) {
      client.password(password.reveal());
    }
    if (settings.isTls()) {
      client.ssl(true).sslSocketFactory(trusting(settings, secrets)).sslParameters(checked());
    }
    GenericObjectPoolConfig<Jedis> connections = new GenericObjectPoolConfig<>();
    connections.setMaxTotal(MOST);
    connections.setMaxIdle(MOST);
    connections.setMaxWait(Duration.ofMillis(millis));
    connections.setJmxEnabled(false);
    return new JedisPool(
        connections, new HostAndPort(host(settings), settings.port()), client.build());
  }

  private static String host(CacheSettings settings) {
    String host = settings.url().getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The engine checks the name only if it is told to. */
  private static SSLParameters checked() {
    SSLParameters parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(ClientTls.protocols());
    return parameters;
  }

  private static SSLSocketFactory trusting(CacheSettings settings, SecretRefs secrets) {
    return ClientTls.trusting(ClientTls.bundle(settings.caBundleRef(), secrets)).getSocketFactory();
  }
}
