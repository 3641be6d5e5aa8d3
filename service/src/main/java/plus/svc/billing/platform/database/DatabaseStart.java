package plus.svc.billing.platform.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.setting.DurationText;
import plus.svc.billing.platform.setting.StartRefused;

/**
 * What must hold of the database before the service listens: it answers, and its schema is ours.
 */
public final class DatabaseStart {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseStart.class);
  private static final String MIGRATE =
      "java -jar service/target/billing-service.jar db migrate config.yml";

  private final String jdbcUrl;
  private final Properties properties;

  /**
   * Connects on its own, not through a pool.
   *
   * @param properties of the driver, with user and password
   */
  public DatabaseStart(String jdbcUrl, Properties properties) {
    this.jdbcUrl = jdbcUrl;
    this.properties = properties;
  }

  /** How long is waited between two attempts; a sleep, except in tests. */
  public interface Pause {

    /** Lets the time pass. */
    void take(Duration time) throws InterruptedException;
  }

  /**
   * Waits until the database answers.
   *
   * @throws StartRefused if it does not after all attempts
   */
  public void awaitDatabase(int attempts, Duration between, Pause pause)
      throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        connect().close();
        return;
      } catch (SQLException e) {
        if (attempt >= attempts) {
          throw new StartRefused(
              String.format(
                  Locale.ROOT,
                  "billing-service cannot start: %s did not answer %d attempts %s apart; the last said: %s",
                  jdbcUrl,
                  attempts,
                  DurationText.of(between),
                  e.getMessage()));
        }
        LOG.warn(
            "{} does not answer (attempt {} of {}): {}",
            jdbcUrl,
            attempt,
            attempts,
            e.getMessage());
        pause.take(between);
      }
    }
  }

  /**
   * Checks that no migration is pending. Reads only, so it needs no more than SELECT on Liquibase's
   * own table.
   *
   * @param changeLog the class path name of the master file
   * @throws StartRefused if one is, naming the command
   */
  public void requireMigrated(String changeLog) throws Exception {
    if (!wasEverMigrated()) {
      throw pending("all migrations are pending");
    }
    Scope.ScopedRunnerWithReturn<List<ChangeSet>> listing = () -> pendingOf(changeLog);
    List<ChangeSet> pending = Scope.child(Map.of("liquibase.analytics.enabled", false), listing);
    if (!pending.isEmpty()) {
      String first = pending.get(0).getId();
      throw pending(pending.size() + " migrations are pending from " + first + " on");
    }
  }

  /**
   * Runs statements of our own, all or none.
   *
   * @throws StartRefused if the database refuses one or warns of it (a right that the caller can't
   *     give away is no error to it), with what it says
   */
  public void run(String statements) {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(statements);
        if (statement.getWarnings() != null) {
          throw statement.getWarnings();
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw new StartRefused(jdbcUrl + " refuses: " + e.getMessage());
    }
  }

  private StartRefused pending(String what) {
    return new StartRefused(
        "billing-service cannot start: " + what + " in " + jdbcUrl + "; run: " + MIGRATE);
  }

  /** Liquibase, when asked, makes its table where there is none; so it is not asked then. */
  private boolean wasEverMigrated() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT to_regclass('databasechangelog')")) {
      return found.next() && found.getObject(1) != null;
    }
  }

  private List<ChangeSet> pendingOf(String changeLog) throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase =
            new Liquibase(
                changeLog,
                new ClassLoaderResourceAccessor(),
                DatabaseFactory.getInstance()
                    .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
      return liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression(), false);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl, properties);
  }
}
