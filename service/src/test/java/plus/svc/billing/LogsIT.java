package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/** What a whole service writes to its log. */
@Timeout(120)
class LogsIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path directory;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"json", "text"})
  void theLogIsInTheFormatAskedForAndCallsAreLoggedWithoutTheirQuery(String format)
      throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try (ObservedWorld world = new ObservedWorld(database, directory);
        RunningService service = world.service(Map.of("LOG_FORMAT", format, "LOG_LEVEL", "INFO"))) {
      Scrape.get(service.baseUrl(), "/v1/status?access_token=a-secret", ObservedWorld.PLATFORM);
      Eventually.holds(
          () ->
              assertThat(out.toString(StandardCharsets.UTF_8))
                  .contains("/v1/status")
                  .contains("source jp: "));
    } finally {
      System.setOut(before);
    }
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(said).doesNotContain("a-secret").doesNotContain(ObservedWorld.PLATFORM);
    if (format.equals("json")) {
      List<String> events = new ArrayList<>();
      List<JsonNode> calls = new ArrayList<>();
      for (String line : said.lines().filter(l -> l.startsWith("{")).toList()) {
        JsonNode parsed = JSON.readTree(line);
        events.add(parsed.path("event").asText());
        if (parsed.has("path")) {
          calls.add(parsed);
        }
      }
      assertThat(events).contains("source_collected", "service_listens");
      assertThat(calls).isNotEmpty();
      assertThat(calls.get(0).path("path").asText()).isEqualTo("/v1/status");
      assertThat(calls.get(0).path("method").asText()).isEqualTo("GET");
      assertThat(calls.get(0).path("timestamp").asText()).endsWith("Z");
      assertThat(calls.get(0).has("latency_ms")).isTrue();
    } else {
      assertThat(said).contains("\"GET /v1/status HTTP/1.1\" 200 ");
    }
  }

  @Test
  void noIdentifierAndNoEmailIsLoggedHoweverTalkativeTheLog() throws Exception {
    Queue<String> logged = new ConcurrentLinkedQueue<>();
    AppenderBase<ILoggingEvent> log =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            logged.add(
                event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())));
          }
        };
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = root.getLevel();
    try (ObservedWorld world = new ObservedWorld(database, directory);
        RunningService service = world.service(Map.of())) {
      log.start();
      root.addAppender(log);
      root.setLevel(Level.TRACE);
      String pushed =
          "{\"node_id\":\"pushed\",\"env\":\"prod\",\"collected_at\":\""
              + Clock.systemUTC().instant()
              + "\",\"samples\":[{\"uuid\":\"someone.private@example.com\",\"email\":"
              + "\"someone.private@example.com\",\"inbound_tag\":\"tcp\","
              + "\"uplink_bytes_total\":5,\"downlink_bytes_total\":7}]}";
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(service.baseUrl().resolve("/v1/ingest/snapshots"))
                  .header("Authorization", "Bearer " + ObservedWorld.PLATFORM)
                  .POST(HttpRequest.BodyPublishers.ofString(pushed))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      Eventually.holds(
          () ->
              assertThat(
                      Scrape.of(service, ObservedWorld.SCRAPER)
                          .value(
                              "billing_source_samples_total{outcome=\"set_aside\",source=\"push:platform\"}"))
                  .isEqualTo(1));
      assertThat(logged).isNotEmpty();
    } finally {
      root.detachAppender(log);
      root.setLevel(level);
    }
    assertThat(logged).hasSizeGreaterThan(20);
    assertThat(logged).noneMatch(line -> line.contains("someone.private"));
    assertThat(logged).noneMatch(line -> line.contains(ObservedWorld.PLATFORM));
  }
}
