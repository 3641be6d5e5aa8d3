package plus.svc.billing.config;

import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.util.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import plus.svc.billing.platform.database.DatabaseStart;
import plus.svc.billing.platform.database.DatabaseUrl;

/**
 * The database, as checked.
 *
 * @param maxIdle connections kept open when there is nothing to do
 * @param pingTimeout for one attempt to reach it at the start
 * @param startupRetries attempts in all, {@code retryInterval} apart
 */
public record DatabaseSettings(
    DatabaseUrl url,
    int maxOpen,
    int maxIdle,
    java.time.Duration pingTimeout,
    int startupRetries,
    java.time.Duration retryInterval) {

  private static final long MILLIS_PER_SECOND = 1_000L;
  private static final String LOCK_TIMEOUT = "lock_timeout";

  /** The pool; it opens no connection before it is asked for one. */
  public DataSourceFactory dataSourceFactory() {
    DataSourceFactory factory = new DataSourceFactory();
    factory.setDriverClass("org.postgresql.Driver");
    factory.setUrl(url.jdbcUrl());
    factory.setUser(url.user());
    if (url.password() != null) {
      factory.setPassword(url.password().reveal());
    }
    factory.setProperties(driverProperties());
    factory.setMaxSize(maxOpen);
    factory.setMinSize(maxIdle);
    factory.setInitialSize(0);
    factory.setMaxWaitForConnection(Duration.seconds(30));
    factory.setCheckConnectionOnBorrow(true);
    factory.setValidationQuery("SELECT 1");
    factory.setAutoCommentsEnabled(false);
    return factory;
  }

  /**
   * The same for migrations. While one waits for a lock everybody who wants the same table waits
   * behind it, so it gives up soon, unless the URL says otherwise with a {@code lock_timeout}.
   */
  public DataSourceFactory migrationsFactory() {
    DataSourceFactory factory = dataSourceFactory();
    if (!url.properties().getOrDefault("options", "").contains(LOCK_TIMEOUT)) {
      factory.setInitializationQuery("SET " + LOCK_TIMEOUT + " = '5s'");
    }
    return factory;
  }

  /** What must be done with the database before the service listens. */
  public DatabaseStart start() {
    Properties properties = new Properties();
    properties.putAll(driverProperties());
    properties.setProperty("user", url.user());
    if (url.password() != null) {
      properties.setProperty("password", url.password().reveal());
    }
    properties.setProperty("loginTimeout", properties.getProperty("connectTimeout"));
    return new DatabaseStart(url.jdbcUrl(), properties);
  }

  private Map<String, String> driverProperties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("ApplicationName", "billing-service");
    properties.put("tcpKeepAlive", "true");
    long seconds =
        Math.max(1L, (pingTimeout.toMillis() + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
    properties.put("connectTimeout", Long.toString(seconds));
    properties.putAll(url.properties());
    return properties;
  }
}
