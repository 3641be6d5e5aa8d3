package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.pipeline.source.http.ScriptedServer;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;

/**
 * Two whole services on one database, told of sources while they run, with a log at its most
 * talkative: nothing they say anywhere holds a secret.
 */
@Timeout(120)
class SourcesIT {

  private static final String PLATFORM = "platform-4711-secret";
  private static final String ADMIN = "admin-4712-secret";
  private static final String FIRST = "first-4713-secret";
  private static final String SECOND = "second-4714-secret";
  private static final String MISPLACED = "misplaced-4715-secret";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final DevCertificates OURS = DevCertificates.create(Clock.systemUTC());

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path directory;

  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(text(event));
        }
      };
  private final Credential client = OURS.client("billing");
  private volatile String accepted = FIRST;
  private @Nullable Level level;

  @BeforeEach
  void writeFiles() throws IOException {
    OURS.authority().writeTo(directory, "ca");
    Files.writeString(directory.resolve("client.pem"), client.pairPem());
    Files.writeString(directory.resolve("token"), FIRST);
  }

  @AfterEach
  void stopListening() {
    root().detachAppender(log);
    root().setLevel(level);
  }

  @Test
  void sourcesComeChangeAndGoOnEveryInstanceAndNoSecretIsSaidAnywhere() throws Exception {
    try (ScriptedServer jp = node(false);
        ScriptedServer us = node(true);
        RunningService one = service("one");
        RunningService two = service("two")) {
      listen();

      assertThat(task(one, "add", bearer("jp", jp), true)).contains("verdict: clean");
      assertThat(task(two, "add", mutual("us", us), true)).contains("verdict: clean");
      Eventually.holds(
          () -> {
            for (RunningService service : List.of(one, two)) {
              assertThat(status(service)).contains("\"jp\"").contains("\"us\"");
            }
            assertThat(jp.heads()).isNotEmpty();
            assertThat(us.heads()).isNotEmpty();
            assertThat(status(one))
                .contains("\"circuit\":\"closed\"")
                .contains("\"coverage_hour\":{\"minutes\":60")
                .contains("\"coverage_day\":{\"minutes\":1440");
          });

      assertThat(task(two, "add", bearer("jp", jp), true)).contains("is there already");
      assertThat(task(one, "add", bearer("de", jp).replaceAll("file:[^\"]*token", MISPLACED), true))
          .contains("must be env:NAME")
          .contains("verdict: refused");

      // Unfit: kept, with an alarm where everybody looks.
      Files.writeString(directory.resolve("token"), "no token " + SECOND);
      Eventually.holds(
          () -> {
            assertThat(status(one) + status(two)).contains("\"credential_alarm\"");
            assertThat(both(one, two, "/healthcheck")).contains("has blanks or other bytes in it");
            assertThat(get(one.baseUrl(), "/healthz") + get(two.baseUrl(), "/healthz"))
                .contains("1 keep an old credential");
            assertThat(both(one, two, "/metrics"))
                .containsPattern("credential-alarms\"\\s*:\\s*\\{\\s*\"value\"\\s*:\\s*1");
          });
      int before = jp.heads().size();
      Eventually.holds(() -> assertThat(jp.heads()).hasSizeGreaterThan(before + 1));
      assertThat(jp.heads().get(before)).contains(FIRST);

      // Revoked, and then renewed.
      accepted = SECOND;
      Eventually.holds(() -> assertThat(status(one) + status(two)).contains("unauthorized: "));
      Files.writeString(directory.resolve("token"), SECOND);
      Eventually.holds(
          () ->
              assertThat(status(one) + status(two))
                  .doesNotContain("credential_alarm")
                  .doesNotContain("unauthorized"));

      assertThat(task(one, "change", "{\"source_id\":\"us\",\"request_timeout\":\"3s\"}", false))
          .contains("source as it would be")
          .contains("applied: false");
      assertThat(task(two, "disable", "{\"source_id\":\"jp\"}", true)).contains("applied: true");
      Eventually.holds(
          () -> {
            for (RunningService service : List.of(one, two)) {
              assertThat(status(service)).doesNotContain("\"jp\"").contains("\"us\"");
            }
          });
      assertThat(task(one, "list", "", false))
          .containsPattern("jp +false")
          .containsPattern("us +true");
    }

    assertThat(logged)
        .as("the log was listened to")
        .anyMatch(text -> text.contains("keeps its old credential"));
    said.addAll(logged);
    said.addAll(tables());
    String keyLine = client.keyPem().lines().skip(1).findFirst().orElseThrow();
    for (String secret : List.of(PLATFORM, ADMIN, FIRST, SECOND, MISPLACED, keyLine)) {
      assertThat(said).noneMatch(text -> text.contains(secret));
    }
  }

  private ScriptedServer node(boolean clientCertificate) {
    return ScriptedServer.tls(
        TlsContexts.of(OURS.server("node.example"), OURS.authority().certificate()),
        clientCertificate,
        (head, out) -> {
          boolean good = clientCertificate || head.contains("Bearer " + accepted + "\r\n");
          // Who is refused gets back what he sent, in every place.
          ScriptedServer.respond(
              out,
              good ? "200 OK" : "401 " + FIRST,
              good ? "application/json" : "text/" + FIRST,
              good ? "{\"snapshots\":null,\"has_more\":false}" : head);
        });
  }

  private RunningService service(String name) throws Exception {
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "DATABASE_URL",
        "postgres://" + database.user() + ":" + database.password() + "@" + address);
    variables.put("INTERNAL_SERVICE_TOKEN", PLATFORM);
    variables.put("BILLING_ADMIN_TOKEN", ADMIN);
    variables.put("INSTANCE", name);
    variables.put("COLLECT_INTERVAL", "100ms");
    variables.put("SOURCES_REFRESH_INTERVAL", "100ms");
    variables.put("LISTEN_ADDR", "127.0.0.1:0");
    variables.put("ADMIN_LISTEN_ADDR", "127.0.0.1:0");
    variables.put("LOG_LEVEL", "OFF");
    return RunningService.start(ShippedConfiguration.FILE, variables, Clock.systemUTC());
  }

  private void listen() {
    log.start();
    level = root().getLevel();
    root().addAppender(log);
    root().setLevel(Level.TRACE);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static String text(ILoggingEvent event) {
    String thrown =
        event.getThrowableProxy() == null
            ? ""
            : ThrowableProxyUtil.asString(event.getThrowableProxy());
    return event.getLoggerName() + " " + event.getFormattedMessage() + " " + thrown;
  }

  private String bearer(String id, ScriptedServer node) {
    return source(id, node, "bearer", "token");
  }

  private String mutual(String id, ScriptedServer node) {
    return source(id, node, "mtls", "client.pem");
  }

  private String source(String id, ScriptedServer node, String mode, String file) {
    return String.format(
        Locale.ROOT,
        """
        {"source_id": "%s", "env": "prod", "node_id": "%s", "base_url": "%s", "auth_mode": "%s",
         "credential_ref": "file:%s", "ca_bundle_ref": "file:%s"}
        """,
        id,
        id,
        node.uri(),
        mode,
        directory.resolve(file),
        directory.resolve("ca.pem"));
  }

  private String task(RunningService service, String action, String body, boolean apply)
      throws Exception {
    URI uri =
        service
            .adminUrl()
            .resolve("/tasks/sources?action=" + action + (apply ? "&apply=true&reason=test" : ""));
    return send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)), ADMIN);
  }

  private String status(RunningService service) throws Exception {
    return send(HttpRequest.newBuilder(service.baseUrl().resolve("/v1/status")), PLATFORM);
  }

  private String both(RunningService one, RunningService two, String path) throws Exception {
    return get(one.adminUrl(), path) + get(two.adminUrl(), path);
  }

  private String get(URI base, String path) throws Exception {
    return send(HttpRequest.newBuilder(base.resolve(path)), ADMIN);
  }

  private String send(HttpRequest.Builder request, String token) throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            request.header("Authorization", "Bearer " + token).build(),
            HttpResponse.BodyHandlers.ofString());
    said.add(response.body());
    return response.body();
  }

  private static List<String> tables() {
    return Stream.of(
            "SELECT definition::text FROM billing.sources",
            "SELECT admin_changes::text FROM billing.admin_changes",
            "SELECT last_error || last_cursor FROM public.billing_source_sync_state",
            "SELECT job_runs::text FROM billing.job_runs")
        .flatMap(
            sql ->
                database
                    .jdbi()
                    .withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list())
                    .stream())
        .toList();
  }
}
