package plus.svc.billing.config;

import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.database.DatabaseUrl;
import plus.svc.billing.platform.setting.SettingReader;

/** {@code database}: where it is, how many connections, how long to wait for it at the start. */
public record DatabaseSection(
    @Nullable String url,
    @Nullable String maxOpenConnections,
    @Nullable String maxIdleConnections,
    @Nullable String pingTimeout,
    @Nullable String startupRetries,
    @Nullable String retryInterval) {

  /** Nothing given: every default. */
  public static final DatabaseSection EMPTY =
      new DatabaseSection(null, null, null, null, null, null);

  private static final String URL_NAMES =
      "SUPABASE_CONNECT_URI, SUPABASE_CONNECT_URL or DATABASE_URL";
  private static final String ANYWHERE = "postgres://localhost/account";

  /** Checks the texts; {@code systemUser} stands in where the URL names no user. */
  public DatabaseSettings read(SettingReader reader, String systemUser) {
    int open =
        reader.count(
            "DB_MAX_OPEN_CONNS (database.maxOpenConnections)", maxOpenConnections, "5", 1, 1_000);
    int idle =
        reader.count(
            "DB_MAX_IDLE_CONNS (database.maxIdleConnections)",
            maxIdleConnections,
            Integer.toString(Math.min(2, open)),
            0,
            open);
    return new DatabaseSettings(
        readUrl(reader, systemUser),
        open,
        idle,
        reader.interval("DB_PING_TIMEOUT (database.pingTimeout)", pingTimeout, "3s"),
        reader.count(
            "DB_STARTUP_RETRIES (database.startupRetries)", startupRetries, "15", 1, 10_000),
        reader.delay("DB_RETRY_INTERVAL (database.retryInterval)", retryInterval, "2s"));
  }

  @Override
  public String toString() {
    return "DatabaseSection[]";
  }

  private DatabaseUrl readUrl(SettingReader reader, String systemUser) {
    if (url == null || url.isBlank()) {
      reader.problem(
          "no database is given: set one of "
              + URL_NAMES
              + " (database.url) to "
              + DatabaseUrl.FORMS
              + "; to see the service work without a database of your own run the demo:"
              + " mvn -q -DskipTests package && java -jar demo/target/billing-demo.jar");
      return DatabaseUrl.parse(ANYWHERE, systemUser);
    }
    try {
      return DatabaseUrl.parse(url.strip(), systemUser);
    } catch (IllegalArgumentException e) {
      // The value is not shown: it holds a password.
      reader.problem("the database URL of " + URL_NAMES + " (database.url) " + e.getMessage());
      return DatabaseUrl.parse(ANYWHERE, systemUser);
    }
  }
}
