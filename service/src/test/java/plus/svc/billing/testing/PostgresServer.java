package plus.svc.billing.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A running server that databases can be made on.
 *
 * @param origin where it comes from, for the log
 * @param address the maintenance database, with a role that may create others
 * @param stop ends the server; does nothing for one that is not ours
 */
record PostgresServer(String origin, PostgresAddress address, Runnable stop) {

  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
  private static final String IMAGE = "postgres:18-alpine";

  /** The external server if one is named, else a container where Docker runs, else the embedded. */
  static PostgresServer start() {
    var external = externalUrl();
    if (external != null) {
      return new PostgresServer("external", PostgresAddress.parse(external), () -> {});
    }
    if (DockerProbe.engineAnswers()) {
      try {
        return container();
      } catch (RuntimeException e) {
        log.warn("Docker answers but {} does not start; using the embedded server", IMAGE, e);
      }
    }
    return embedded();
  }

  private static @Nullable String externalUrl() {
    var url = System.getProperty("TEST_DATABASE_URL", System.getenv("TEST_DATABASE_URL"));
    return url == null || url.isBlank() ? null : url;
  }

  private static PostgresServer container() {
    var container = new PostgreSQLContainer(IMAGE);
    container.withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
    container.start();
    var address =
        new PostgresAddress(
            container.getHost()
                + ":"
                + container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
            container.getDatabaseName(),
            "",
            container.getUsername(),
            container.getPassword());
    return new PostgresServer("container", address, container::stop);
  }

  private static PostgresServer embedded() {
    try {
      var data = Files.createTempDirectory("billing-test-pg");
      var server =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(unpackedHere())
              .setDataDirectory(data)
              .setPGStartupWait(Duration.ofMinutes(1))
              .setServerConfig("fsync", "off")
              .setServerConfig("synchronous_commit", "off")
              .setServerConfig("full_page_writes", "off")
              // It would go round all the databases of the tests, and there are hundreds.
              .setServerConfig("autovacuum", "off")
              .setServerConfig("max_connections", "200")
              .start();
      var address =
          new PostgresAddress(
              "localhost:" + server.getPort(), "postgres", "", "postgres", "postgres");
      return new PostgresServer("embedded", address, () -> close(server, data));
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded PostgreSQL does not start", e);
    }
  }

  /**
   * One folder a user: the default is one for all, and unwritable for the second user of a host.
   */
  private static File unpackedHere() {
    var user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9_-]", "_");
    return new File(System.getProperty("java.io.tmpdir"), "billing-embedded-pg-" + user);
  }

  private static void close(EmbeddedPostgres server, Path data) {
    try {
      endAtOnce(data);
    } catch (IOException | CompletionException e) {
      log.info("the embedded PostgreSQL is asked to end, since it can't be made to", e);
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded PostgreSQL does not stop", e);
    }
  }

  /** Without a last checkpoint: half a minute of writing what is then deleted. */
  private static void endAtOnce(Path data) throws IOException {
    var pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    var postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    new ProcessBuilder("kill", "-QUIT", pid).start();
    postmaster.onExit().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
