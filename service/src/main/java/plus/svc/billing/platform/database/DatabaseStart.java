package plus.svc.billing.platform.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
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
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.platform.setting.DurationText;
import plus.svc.billing.platform.setting.StartRefused;

/**
 * What must hold of the database before the service listens: it answers, and its schema is ours.
 */
public final class DatabaseStart {

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseStart.class);
  private static final String MIGRATE =
      "java -jar service/target/billing-service.jar db migrate config.yml";

  /**
   * Label of a changeset that an older version can live with: it may be started, or started again,
   * on a schema that has it.
   */
  public static final String OLDER_MAY_START = "older-may-start";

  /** Other services of the database may keep their migrations in the same table. */
  private static final String RUN_BY_US =
      "SELECT id, labels FROM databasechangelog"
          + " WHERE author = 'billing' AND filename LIKE 'migrations/%'"
          + " ORDER BY orderexecuted";

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
            Happening.DATABASE_AWAITED,
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
   * Checks that the schema is ours: no migration is pending, and none was run that we don't know,
   * unless it is labelled {@link #OLDER_MAY_START}. Reads only, so it needs no more than SELECT on
   * Liquibase's own table.
   *
   * @param changeLog the class path name of the master file
   * @throws StartRefused if one is, naming the command
   */
  public void requireMigrated(String changeLog) throws Exception {
    if (!wasEverMigrated()) {
      throw pending("all migrations are pending");
    }
    Set<String> known = new HashSet<>();
    Scope.ScopedRunnerWithReturn<List<ChangeSet>> listing = () -> pendingOf(changeLog, known);
    List<ChangeSet> pending = Scope.child(Map.of("liquibase.analytics.enabled", false), listing);
    if (!pending.isEmpty()) {
      String first = pending.get(0).getId();
      throw pending(pending.size() + " migrations are pending from " + first + " on");
    }
    List<String> newer = newerThan(known);
    if (!newer.isEmpty()) {
      throw new StartRefused(
          "billing-service cannot start: "
              + jdbcUrl
              + " was migrated by a newer version, this one doesn't know "
              + newer.get(0)
              + (newer.size() > 1 ? " and " + (newer.size() - 1) + " more" : "")
              + "; start that version or a newer one, or restore the backup from before it");
    }
  }

  /** Migrations of ours that were run here and that this version doesn't have. */
  private List<String> newerThan(Set<String> known) throws SQLException {
    List<String> newer = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet run = statement.executeQuery(RUN_BY_US)) {
      while (run.next()) {
        String labels = run.getString(2) == null ? "" : run.getString(2);
        boolean harmless = List.of(labels.split("\\s*,\\s*", -1)).contains(OLDER_MAY_START);
        if (!harmless && !known.contains(run.getString(1))) {
          newer.add(run.getString(1));
        }
      }
    }
    return newer;
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

  private List<ChangeSet> pendingOf(String changeLog, Set<String> known) throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase =
            new Liquibase(
                changeLog,
                new ClassLoaderResourceAccessor(),
                DatabaseFactory.getInstance()
                    .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
      liquibase.getDatabaseChangeLog().getChangeSets().forEach(set -> known.add(set.getId()));
      return liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression(), false);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl, properties);
  }
}
