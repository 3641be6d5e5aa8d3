package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.job.JobOutcome;
import plus.svc.billing.job.JobRunner;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.testing.Database;

/** Every answer that the description tells of is one that the service gives. */
class ApiDescriptionIT {

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir static Path folder;

  private static final Instant NOW = Instant.parse("2026-04-08T12:00:00Z");
  private static final String[] PLATFORM = {"Authorization", "Bearer platform-token"};
  private static final String[] READER = {"Authorization", "Bearer reader-token"};
  private static final String[] WRONG = {"Authorization", "Bearer wrong"};
  private static final List<String> JOBS =
      List.of("/v1/jobs/collect-and-rate", "/v1/jobs/reconcile");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Set<String> met = new TreeSet<>();
  private static RunningService service;

  @BeforeAll
  static void startService() throws Exception {
    String shipped = Files.readString(ShippedConfiguration.FILE);
    Path configuration =
        Files.writeString(
            folder.resolve("config.yml"),
            shipped
                .replace("bodyTimeout: 30s", "bodyTimeout: 300ms")
                .replace("server:\n", "server:\n  requestLog:\n    appenders: []\n"));
    Clock real = Clock.systemUTC();
    String address = database.jdbcUrl().substring("jdbc:postgresql://".length());
    service =
        RunningService.start(
            configuration,
            Map.of(
                "DATABASE_URL",
                "postgres://" + database.user() + ":" + database.password() + "@" + address,
                "INTERNAL_SERVICE_TOKEN",
                "platform-token",
                "BILLING_ADMIN_TOKEN",
                "admin-token",
                "BILLING_INGEST_MODE",
                "push",
                "LISTEN_ADDR",
                "127.0.0.1:0",
                "ADMIN_LISTEN_ADDR",
                "127.0.0.1:0",
                "LOG_LEVEL",
                "OFF"),
            // It runs, so that a push can take too long.
            Clock.offset(real, Duration.between(real.instant(), NOW)));
  }

  @AfterAll
  static void stopService() {
    service.close();
  }

  @Test
  void everyAnswerThatIsDescribedIsGivenAsItIsDescribed() throws Exception {
    edges();
    pushes();
    Set<String> described = new TreeSet<>();
    for (String operation : ApiContract.operations(ApiContract.Port.APPLICATION)) {
      ApiContract.operation(operation)
          .path("responses")
          .properties()
          .forEach(
              answer -> {
                if (!answer.getKey().equals("default")) {
                  described.add(operation + " " + answer.getKey());
                }
              });
    }
    // These need a whole service, and one that is stuck: RunningServiceIT, LivenessResourceTest.
    described.removeIf(answer -> answer.matches("GET /(livez|startupz) .*"));
    // The wallet's are met in WalletDescriptionIT.
    described.removeIf(answer -> answer.contains("/v1/billing/"));
    assertThat(met).containsAll(described);
  }

  /** What needs no database, on fakes that do what is wanted. */
  private static void edges() throws Exception {
    AtomicBoolean databaseIsThere = new AtomicBoolean(true);
    DatabaseProbe probe = new DatabaseProbe(databaseIsThere::get, Duration.ofSeconds(2));
    FakeCollectJob job = new FakeCollectJob();
    JobRunner runner =
        new JobRunner(
            job,
            new ReconcileRequest(Duration.ofHours(1)),
            new FakeJobJournal(),
            InstantSource.fixed(NOW),
            Duration.ofSeconds(10));
    JobsSection.Settings patient =
        new JobsSection.Settings(Duration.ofSeconds(10), Duration.ofHours(1), false);
    JobsSection.Settings impatient =
        new JobsSection.Settings(Duration.ofMillis(50), Duration.ofHours(1), false);
    List<String> guarded = new ArrayList<>(List.of("GET /v1/status", "POST " + Push.PATH));
    JOBS.forEach(path -> guarded.add("POST " + path));
    try (EdgesServer server = EdgesServer.start(runner, probe, patient);
        EdgesServer hasty = EdgesServer.start(runner, probe, impatient);
        EdgesServer strict = EdgesServer.start(runner, probe, patient, 1)) {
      for (String path : List.of("/api/ping", "/healthz", "/readyz", "/openapi.yaml", "/docs")) {
        meet(server, "GET", path);
      }
      meet(server, "GET", "/v1/status", PLATFORM);
      meet(server, "PUT", "/v1/status", PLATFORM);
      databaseIsThere.set(false);
      meet(server, "GET", "/readyz");
      for (String call : guarded) {
        String[] parts = call.split(" ", 2);
        meet(server, parts[0], parts[1]);
        meet(server, parts[0], parts[1], READER);
        meet(strict, parts[0], parts[1], WRONG);
        meet(strict, parts[0], parts[1], WRONG);
      }
      for (String path : JOBS) {
        meet(server, "POST", path, PLATFORM);
        job.hold();
        job.reconcileGate = new CountDownLatch(1);
        meet(hasty, "POST", path, PLATFORM);
        job.release();
        job.reconcileGate.countDown();
        job.outcome = new JobOutcome(List.of(new JobOutcome.Source("a", "HTTP 500")), 0, 0, 0, 0);
        HttpResponse<String> failed = meet(server, "POST", path, PLATFORM);
        if (failed.statusCode() == 200) {
          meet(server, "POST", path, PLATFORM); // the one before was joined
        }
        job.outcome = FakeCollectJob.FINE;
      }
      stretches(server, hasty, job);
      job.sources = List.of(FakeCollectJob.source("a", "down"));
      meet(server, "GET", "/healthz");
    }
    runner.stop();
    probe.stop();
  }

  /** What is answered to a stretch of time; what is sent is what is described. */
  private static void stretches(EdgesServer server, EdgesServer hasty, FakeCollectJob job)
      throws Exception {
    String path = "/v1/jobs/reconcile";
    JsonNode told =
        ApiContract.operation("POST " + path).at("/requestBody/content/application~1json/schema");
    String wrong = "{\"source_id\": \"nobody\"}";
    String one = "{\"source_id\": \"a\", \"since\": \"2026-04-08T09:00:00Z\"}";
    String another = "{\"since\": null, \"until\": \"2026-04-08T09:00:00+01:00\"}";
    for (String body : List.of(wrong, one, another, "{}")) {
      assertThat(ApiContract.problems(told, body)).as(body).isEmpty();
    }
    assertThat(ApiContract.problems(told, "{\"source\": \"a\"}")).isNotEmpty();
    met.add("POST " + path + " " + server.post(path, wrong, PLATFORM).statusCode());
    job.hold();
    assertThat(hasty.post(path, one, PLATFORM).statusCode()).isEqualTo(202);
    met.add("POST " + path + " " + server.post(path, another, PLATFORM).statusCode());
    job.release();
    assertThat(server.post(path, one, PLATFORM).statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> meet(
      EdgesServer server, String method, String path, String... headers) throws Exception {
    HttpResponse<String> answer = server.send(method, path, headers);
    met.add(method + " " + path + " " + answer.statusCode());
    return answer;
  }

  private static void pushes() throws Exception {
    Push push = new Push(service.baseUrl(), "platform-token");
    String good = Push.snapshot("n", "2026-04-08T10:00:00Z");
    note(push.send(good));
    note(push.send(good + Push.snapshot("n", "soon")));
    note(push.send(Push.snapshot("n", "soon")));
    note(push.send("no JSON"));
    note(push.send(HttpRequest.BodyPublishers.ofString(good), "Content-Encoding", "br"));
    Jdbi jdbi = database.jdbi();
    String limit = "head_at <= '2026-04-08T10:00:00Z'";
    jdbi.useHandle(
        h -> h.execute("ALTER TABLE billing.nodes ADD CONSTRAINT blocked CHECK (" + limit + ")"));
    note(push.send(Push.snapshot("n", "2026-04-08T10:01:00Z")));
    met.add("POST " + Push.PATH + " " + statusOfHalfAPush(push, 1_000));
    met.add("POST " + Push.PATH + " " + statusOfHalfAPush(push, 33L << 20));
  }

  private static void note(Push.Answer answer) {
    met.add("POST " + Push.PATH + " " + answer.status());
  }

  /** What is answered to a push that never comes whole; it drips until there is an answer. */
  private static String statusOfHalfAPush(Push push, long announced) throws IOException {
    try (Socket socket = push.connect(announced)) {
      OutputStream out = socket.getOutputStream();
      for (long sent = 0; sent < announced && socket.getInputStream().available() == 0; sent++) {
        out.write(sent == 0 ? '[' : ' ');
        out.flush();
        LockSupport.parkNanos(50_000_000);
      }
      StringBuilder answer = new StringBuilder();
      for (int c = 0; c != '}' && c >= 0; answer.append((char) c)) {
        c = socket.getInputStream().read();
      }
      Matcher parts =
          Pattern.compile("HTTP/1.1 (\\d+) .*?\r\n\r\n.*?(\\{.*})", Pattern.DOTALL).matcher(answer);
      assertThat(parts.find()).as(answer.toString()).isTrue();
      JsonNode told =
          ApiContract.operation("POST " + Push.PATH).path("responses").path(parts.group(1));
      assertThat(ApiContract.problems(told.at("/content/application~1json/schema"), parts.group(2)))
          .isEmpty();
      return parts.group(1);
    }
  }

  @Test
  void theAdminPortIsDescribedAsItIs() throws Exception {
    Set<String> described = ApiContract.operations(ApiContract.Port.ADMIN);
    for (String operation : described) {
      String[] parts = operation.split(" ", 2);
      if (!parts[1].equals("/pprof")) { // which takes its time
        HttpResponse<String> answer = admin(parts[1], "admin-token");
        assertThat(answer.statusCode()).as(operation).isIn(200, 400, 500);
      }
      assertThat(admin(parts[1], "").statusCode()).as(operation).isEqualTo(401);
    }
    Matcher menu = Pattern.compile("href=\"([^\"?]+)").matcher(admin("/", "admin-token").body());
    Set<String> offered = new TreeSet<>();
    while (menu.find()) {
      offered.add("GET " + menu.group(1));
    }
    assertThat(offered).hasSizeGreaterThan(3).isSubsetOf(described);
  }

  /** Both ways: what is listed is described with its inputs, and what is described answers so. */
  @Test
  void everyOperationIsDescribedAsItIsMounted() throws Exception {
    JsonNode paths = new YAMLMapper().readTree(get("/openapi.yaml").body()).path("paths");
    JsonNode listed = new ObjectMapper().readTree(admin("/admin/v1/", "admin-token").body());
    Set<String> mounted = new TreeSet<>(Set.of("/admin/v1/"));
    for (JsonNode operation : listed.path("operations")) {
      String path = "/admin/v1/" + operation.path("name").asText();
      mounted.add(path);
      JsonNode described = paths.path(path);
      Set<String> inputs = new TreeSet<>();
      for (JsonNode parameter : described.at("/get/parameters")) {
        if (parameter.has("name")) {
          inputs.add(parameter.path("name").asText());
        }
      }
      Set<String> known = new TreeSet<>();
      operation.path("inputs").forEach(input -> known.add(input.asText()));
      assertThat(inputs).as(path).isEqualTo(known);
      assertThat(described.has("post"))
          .as(path)
          .isEqualTo(operation.path("can_apply").booleanValue());
      HttpResponse<String> answer = admin(path, "admin-token");
      assertThat(answer.statusCode()).as(path).isIn(200, 400);
      String shape = answer.statusCode() == 200 ? "Report" : "BadInput";
      assertThat(
              ApiContract.problems(
                  ApiContract.document()
                      .at("/components/responses/" + shape + "/content/application~1json/schema"),
                  answer.body()))
          .as(path + " " + answer.body())
          .isEmpty();
      assertThat(task(operation.path("name").asText())).as(path).isIn(200, 400);
    }
    assertThat(mounted).hasSizeGreaterThan(2);
    Set<String> described = new TreeSet<>();
    paths.fieldNames().forEachRemaining(described::add);
    described.removeIf(path -> !path.startsWith("/admin/v1/"));
    assertThat(described).isEqualTo(mounted);
  }

  private static int task(String name) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(service.adminUrl().resolve("/tasks/" + name))
                .header("Authorization", "Bearer admin-token")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static HttpResponse<String> admin(String path, String token) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(service.adminUrl().resolve(path))
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (ApiContract.operations(ApiContract.Port.ADMIN).contains("GET " + path)) {
      ApiContract.check(ApiContract.Port.ADMIN, "GET", path, answer);
    }
    return answer;
  }

  @Test
  void theDescriptionAndItsPageAreServedAsTheyAre() throws Exception {
    HttpResponse<String> yaml = get("/openapi.yaml");
    assertThat(yaml.headers().firstValue("Content-Type"))
        .contains("application/yaml;charset=utf-8");
    assertThat(yaml.body()).startsWith("# The calls of the service").contains("\n  /readyz:\n");

    HttpResponse<String> page = get("/docs");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; style-src 'sha256-")
        .doesNotContain("unsafe");
    Matcher style = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL).matcher(page.body());
    assertThat(style.find()).isTrue();
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(style.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
    assertThat(page.body()).doesNotContain("<script").doesNotContain("src=");
    assertThat(page.body()).doesNotContainPattern("(?i)(href|url)\\W{0,2}https?://");
    for (ApiContract.Port port : ApiContract.Port.values()) {
      for (String operation : ApiContract.operations(port)) {
        assertThat(page.body())
            .contains("<code>" + operation.substring(operation.indexOf(' ') + 1) + "</code>");
      }
    }
    Matcher link = Pattern.compile("href=\"#([^\"]+)\"").matcher(page.body());
    int links = 0;
    while (link.find()) {
      links++;
      assertThat(page.body()).contains("id=\"" + link.group(1) + "\"");
    }
    assertThat(links).isGreaterThan(20);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    URI uri = service.baseUrl().resolve(path);
    return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
