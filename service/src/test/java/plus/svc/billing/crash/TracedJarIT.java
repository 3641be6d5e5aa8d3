package plus.svc.billing.crash;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.testing.Database;

/** The built jar has all that traces need: what its many libraries announce by the same name. */
final class TracedJarIT {

  private static final Set<String> FROM_THE_PULL_TO_THE_COMMIT =
      Set.of(
          "collect",
          "fetch",
          "decode",
          "write_pages",
          "transaction",
          "meter",
          "rate",
          "write",
          "commit");

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path folder;

  @Test
  void theBuiltJarSendsOneTraceFromThePullToTheCommit() throws Exception {
    Files.copy(Path.of("../config.yml"), folder.resolve("config.yml"));
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    try (OtlpReceiver receiver = OtlpReceiver.start();
        CrashNodes nodes = new CrashNodes(8, Clock.systemUTC().instant());
        ServiceProcess service =
            ServiceProcess.start(
                folder,
                folder.resolve("log"),
                Map.of(
                    "DATABASE_URL",
                    "postgres://"
                        + database.user()
                        + ":"
                        + database.password()
                        + "@"
                        + address
                        + "?sslmode=disable",
                    "EXPORTER_SOURCES_JSON",
                    nodes.sources(),
                    "INTERNAL_SERVICE_TOKEN",
                    "trace-token",
                    "LISTEN_ADDR",
                    "127.0.0.1:0",
                    "ADMIN_LISTEN_ADDR",
                    "127.0.0.1:0",
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                    receiver.endpoint(),
                    "OTEL_TRACES_SAMPLER",
                    "always_on",
                    "OTEL_BSP_SCHEDULE_DELAY",
                    "50"))) {
      Patience.until(
          "a trace is sent whole: " + receiver.traces() + service.tail(),
          () ->
              receiver.traces().stream()
                  .anyMatch(names -> names.containsAll(FROM_THE_PULL_TO_THE_COMMIT)));
    }
  }
}
