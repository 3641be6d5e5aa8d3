package plus.svc.billing.platform.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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
import plus.svc.billing.platform.setting.StartRefused;

/**
 * What must hold of the database before the service listens: it answers, and its schema is ours.
 */
public final class DatabaseStart {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseStart.class);
  private static final String MIGRATE =
      "java -jar service/target/billing-service.jar db migrate config.yml";
  private static final int SHOWN_CHANGE_SETS = 5;

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
                  "billing-service cannot start: %s did not answer %d attempts %s apart; the last said: %s",
                  jdbcUrl, attempts, between, e.getMessage()));
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
   * Checks that no migration is pending; changes nothing.
   *
   * @param changeLog the class path name of the master file
   * @throws StartRefused if one is, naming the command
   */
  public void requireMigrated(String changeLog) throws Exception {
    Scope.ScopedRunnerWithReturn<List<ChangeSet>> listing = () -> pending(changeLog);
    List<ChangeSet> pending = Scope.child(Map.of("liquibase.analytics.enabled", false), listing);
    if (pending.isEmpty()) {
      return;
    }
    String names =
        String.join(", ", pending.stream().limit(SHOWN_CHANGE_SETS).map(ChangeSet::getId).toList());
    throw new StartRefused(
        String.format(
            "billing-service cannot start: %d migrations are pending in %s (%s%s); run: %s",
            pending.size(),
            jdbcUrl,
            names,
            pending.size() > SHOWN_CHANGE_SETS ? ", ..." : "",
            MIGRATE));
  }

  private List<ChangeSet> pending(String changeLog) throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase =
            new Liquibase(
                changeLog,
                new ClassLoaderResourceAccessor(),
                DatabaseFactory.getInstance()
                    .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
      // Without "check the tables", which would create them.
      return liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression(), false);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl, properties);
  }
}
