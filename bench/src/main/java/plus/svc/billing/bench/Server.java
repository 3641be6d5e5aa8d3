package plus.svc.billing.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL under measurement: durable, with the server's own defaults. */
final class Server implements AutoCloseable {

  private final @Nullable EmbeddedPostgres embedded;
  private final Database maintenance;

  private Server(@Nullable EmbeddedPostgres embedded, Database maintenance) {
    this.embedded = embedded;
    this.maintenance = maintenance;
  }

  /**
   * @param url {@code postgres://user:password@host:port/database} of a server of yours whose role
   *     may create databases; null for an embedded one
   */
  static Server start(@Nullable String url) throws IOException, SQLException {
    Server server = url == null ? embedded() : external(URI.create(url));
    for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
      if (!server.maintenance.strings("SHOW " + setting).equals(List.of("on"))) {
        server.close();
        throw new IllegalStateException(setting + " is not on: figures would not be durable ones");
      }
    }
    return server;
  }

  private static Server external(URI url) {
    String[] role = url.getUserInfo().split(":", 2);
    int port = url.getPort() < 0 ? 5432 : url.getPort();
    return new Server(
        null,
        new Database(
            "jdbc:postgresql://" + url.getHost() + ":" + port + "/",
            role[0],
            role.length > 1 ? role[1] : "",
            url.getPath().substring(1)));
  }

  private static Server embedded() throws IOException {
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9_-]", "_");
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(
                new File(System.getProperty("java.io.tmpdir"), "billing-embedded-pg-" + user))
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    return new Server(
        postgres,
        new Database(
            "jdbc:postgresql://localhost:" + postgres.getPort() + "/",
            "postgres",
            "postgres",
            "postgres"));
  }

  Database maintenance() {
    return maintenance;
  }

  /** Reads the processor time of this process and, if the server is embedded, of the server. */
  Cpu cpu() throws SQLException, IOException {
    if (embedded == null) {
      return new Cpu(-1);
    }
    String data = maintenance.strings("SHOW data_directory").get(0);
    return new Cpu(Long.parseLong(Files.readAllLines(Path.of(data, "postmaster.pid")).get(0)));
  }

  /** A line on what is measured. */
  String describe() throws SQLException {
    return maintenance.strings("SELECT version()").get(0)
        + "; shared_buffers "
        + maintenance.strings("SHOW shared_buffers").get(0)
        + ", max_wal_size "
        + maintenance.strings("SHOW max_wal_size").get(0)
        + ", fsync on";
  }

  @Override
  public void close() throws IOException {
    if (embedded != null) {
      embedded.close();
    }
  }
}
