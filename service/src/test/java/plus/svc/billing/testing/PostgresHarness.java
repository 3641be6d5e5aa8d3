package plus.svc.billing.testing;

import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One real PostgreSQL for the whole test run, and as many databases on it as the tests want.
 *
 * <p>The server is, in this order: the one that {@code TEST_DATABASE_URL} names (system property or
 * environment; its role must be allowed to create databases), a container where a Docker engine
 * answers, the embedded binaries. The migrations run once, into a template; each {@link
 * #freshDatabase()} is a copy of it, which takes some tens of milliseconds.
 *
 * <p>At the end of the JVM the server is stopped; on an external server all databases made here are
 * dropped instead.
 */
public final class PostgresHarness {

  private static final Logger log = LoggerFactory.getLogger(PostgresHarness.class);

  private final PostgresServer server;
  private final TestDatabase maintenance;
  private final String prefix = "billing_test_" + UUID.randomUUID().toString().substring(0, 8);
  private final AtomicInteger made = new AtomicInteger();
  private final TestDatabase template;

  private PostgresHarness(PostgresServer server) {
    this.server = server;
    this.maintenance = server.address().database(server.address().database());
    this.template = create("template", "template0");
    migrate(template);
    log.info("tests run on the {} PostgreSQL {}", server.origin(), serverVersion());
  }

  /** The harness of this JVM; the first call starts the server, which takes a few seconds. */
  public static PostgresHarness shared() {
    return Holder.INSTANCE;
  }

  /** A new database with all migrations applied. */
  public TestDatabase freshDatabase() {
    return create("db" + made.incrementAndGet(), template.name());
  }

  /** A new database with nothing in it. */
  public TestDatabase emptyDatabase() {
    return create("db" + made.incrementAndGet(), "template0");
  }

  /** A copy of a database made here, to which nobody is connected. */
  public TestDatabase copyOf(TestDatabase database) {
    return create("db" + made.incrementAndGet(), database.name());
  }

  /** Drops a database made here, open connections or not. */
  public void drop(TestDatabase database) {
    execute("DROP DATABASE IF EXISTS \"" + database.name() + "\" WITH (FORCE)");
  }

  /** Turns everybody away from a database, or lets them in again. */
  public void allowConnections(TestDatabase database, boolean allowed) {
    execute("ALTER DATABASE \"" + database.name() + "\" ALLOW_CONNECTIONS " + allowed);
    if (!allowed) {
      execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + database.name()
              + "'");
    }
  }

  /** Brings a database to the newest schema, as {@code db migrate} does. */
  public static void migrate(TestDatabase database) {
    try (var connection = database.dataSource().getConnection()) {
      // Liquibase prints its progress to the console unless told otherwise.
      Scope.child(
          Map.of(Scope.Attr.ui.name(), new LoggerUIService()),
          () -> {
            try (var liquibase =
                new Liquibase(
                    "migrations.xml",
                    new ClassLoaderResourceAccessor(),
                    new JdbcConnection(connection))) {
              liquibase.setShowSummary(UpdateSummaryEnum.OFF);
              liquibase.update(new Contexts());
            }
          });
    } catch (LiquibaseException e) {
      throw new IllegalStateException("the migrations fail on " + database.jdbcUrl(), e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot migrate " + database.jdbcUrl(), e);
    }
  }

  /** The server's major version, such as 18. */
  public int serverVersion() {
    try (var connection = maintenance.dataSource().getConnection()) {
      return connection.getMetaData().getDatabaseMajorVersion();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot ask " + maintenance.jdbcUrl(), e);
    }
  }

  private TestDatabase create(String suffix, String from) {
    var database = server.address().database(prefix + "_" + suffix);
    execute("CREATE DATABASE \"" + database.name() + "\" TEMPLATE \"" + from + "\"");
    return database;
  }

  private void execute(String statement) {
    try (var connection = maintenance.dataSource().getConnection();
        var sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL refuses: " + statement, e);
    }
  }

  private void stop() {
    if (server.origin().equals("external")) {
      for (var i = 1; i <= made.get(); i++) {
        drop(server.address().database(prefix + "_db" + i));
      }
      drop(template);
    }
    server.stop().run();
  }

  /** Starts the server when it is first asked for, once, whatever thread asks. */
  private static final class Holder {
    static final PostgresHarness INSTANCE = started();

    private static PostgresHarness started() {
      var server = PostgresServer.start();
      try {
        var harness = new PostgresHarness(server);
        Runtime.getRuntime().addShutdownHook(new Thread(harness::stop, "postgres-harness-stop"));
        return harness;
      } catch (RuntimeException e) {
        server.stop().run();
        throw e;
      }
    }
  }
}
