package plus.svc.billing.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import plus.svc.billing.testing.FreePort;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * A server of our own that may be ended in immediate mode and started again on the same data and
 * port. It is as durable as one in production: unlike other tests' it keeps what it committed.
 */
final class CrashPostgres implements CrashServer, AutoCloseable {

  private static final String TEMPLATE = "crash_template";

  private final Path folder;
  private final Path data;
  private EmbeddedPostgres server;
  private int made;

  private CrashPostgres(Path folder, Path data) throws IOException {
    this.folder = folder;
    this.data = data;
    this.server = start(FreePort.next());
  }

  /** Starts a server in the folder, with a migrated template. */
  static CrashPostgres start(Path folder) throws IOException {
    return start(folder, folder.resolve("data"));
  }

  /** The same with its data elsewhere. */
  static CrashPostgres start(Path folder, Path data) throws IOException {
    CrashPostgres postgres = new CrashPostgres(folder, data);
    postgres.execute("CREATE DATABASE " + TEMPLATE);
    PostgresHarness.migrate(postgres.database(TEMPLATE));
    return postgres;
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public TestDatabase freshDatabase() {
    String name = "crash" + ++made;
    execute("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    return database(name);
  }

  @Override
  public void drop(TestDatabase database) {
    execute("DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
  }

  /** Whether there is a server, be it one that recovers. */
  boolean isAlive() {
    try {
      Path pidFile = data.resolve("postmaster.pid");
      return Files.exists(pidFile)
          && ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0)))
              .map(ProcessHandle::isAlive)
              .orElse(false);
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends the server as {@code pg_ctl stop -m immediate} does: no check-point, no farewell. */
  void stopAtOnce() throws IOException, InterruptedException {
    Path pidFile = data.resolve("postmaster.pid");
    ProcessHandle postmaster =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0))).orElseThrow();
    Signal.send("QUIT", postmaster.pid());
    Patience.until("PostgreSQL is gone", () -> !postmaster.isAlive());
  }

  /** Starts the server again where it was. */
  void startAgain() throws IOException {
    int port = server.getPort();
    server.close(); // lets go of its lock on the data
    server = start(port);
  }

  private EmbeddedPostgres start(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofMinutes(1))
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "100")
        .start();
  }

  private void execute(String statement) {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL refuses: " + statement, e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
