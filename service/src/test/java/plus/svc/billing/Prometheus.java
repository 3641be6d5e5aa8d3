package plus.svc.billing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import plus.svc.billing.testing.FreePort;

/** A real Prometheus in a process of its own, which looks every half second. */
final class Prometheus implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final URI url;

  private Prometheus(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it.
   *
   * @param target host and port of the admin port
   */
  static Prometheus start(Path directory, String target, Path tokenFile, Path rules)
      throws IOException {
    Path configuration = directory.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        String.format(
            Locale.ROOT,
            """
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 200ms}
            rule_files: ['%s']
            scrape_configs:
              - job_name: billing-service
                metrics_path: /prometheus
                authorization: {credentials_file: '%s'}
                static_configs: [{targets: ['%s']}]
            """,
            rules.toAbsolutePath(),
            tokenFile.toAbsolutePath(),
            target));
    int port = FreePort.next();
    Process process =
        new ProcessBuilder(
                List.of(
                    "prometheus",
                    "--config.file=" + configuration,
                    "--storage.tsdb.path=" + directory.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:" + port))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    return new Prometheus(process, URI.create("http://127.0.0.1:" + port));
  }

  /** What fires, as {@code alarm source}. */
  Set<String> firing() throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(url.resolve("/api/v1/alerts")).build(),
            HttpResponse.BodyHandlers.ofString());
    Set<String> firing = new TreeSet<>();
    for (JsonNode alert : new ObjectMapper().readTree(response.body()).at("/data/alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        JsonNode labels = alert.path("labels");
        firing.add(
            (labels.path("alertname").asText() + " " + labels.path("source").asText()).strip());
      }
    }
    return firing;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
