package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.job.JobKind;
import plus.svc.billing.job.JobOutcome;
import plus.svc.billing.job.JobRunRow;
import plus.svc.billing.job.JobRunner;
import plus.svc.billing.job.PushModeJobs;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.testing.Eventually;

class HttpEdgesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final String COLLECT = "/v1/jobs/collect-and-rate";
  private static final String RECONCILE = "/v1/jobs/reconcile";
  private static final String[] PLATFORM = {"Authorization", "Bearer platform-token"};
  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final Duration IMPATIENT = Duration.ofMillis(50);

  private static final AtomicBoolean databaseIsThere = new AtomicBoolean(true);
  private static final DatabaseProbe probe =
      new DatabaseProbe(databaseIsThere::get, Duration.ofSeconds(2));
  private static final DelegatingJobs jobs = new DelegatingJobs(new PushModeJobs(CLOCK));

  private static EdgesServer server;
  private static EdgesServer impatientServer;
  private static EdgesServer loopbackServer;

  private final FakeCollectJob job = new FakeCollectJob();
  private final FakeJobJournal journal = new FakeJobJournal();
  private final JobRunner runner =
      new JobRunner(
          job, new ReconcileRequest(Duration.ofHours(1)), journal, CLOCK, Duration.ofSeconds(10));
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @BeforeAll
  static void startServers() throws Exception {
    server = EdgesServer.start(jobs, probe, settings(PATIENT, false));
    impatientServer = EdgesServer.start(jobs, probe, settings(IMPATIENT, false));
    loopbackServer = EdgesServer.start(jobs, probe, settings(PATIENT, true));
  }

  @AfterAll
  static void stopServers() {
    server.close();
    impatientServer.close();
    loopbackServer.close();
    probe.stop();
  }

  @BeforeEach
  void serveThisTest() {
    jobs.to = runner;
    databaseIsThere.set(true);
  }

  @AfterEach
  void endTheRuns() throws Exception {
    job.release();
    runner.stop();
    callers.shutdownNow();
  }

  private static JobsSection.Settings settings(Duration answerWithin, boolean loopback) {
    return new JobsSection.Settings(answerWithin, Duration.ofHours(1), loopback);
  }

  private JsonNode bodyOf(HttpResponse<String> response) throws Exception {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).endsWith("}\n");
    return JSON.readTree(response.body());
  }

  private void assertError(HttpResponse<String> response, int status, String code)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode body = bodyOf(response);
    assertThat(body.path("code").textValue()).isEqualTo(code);
    assertThat(body.path("message").textValue()).isNotBlank();
    assertThat(body.size()).isEqualTo(2);
  }

  // Open calls.

  @Test
  void pingTellsTheImageAndNothingElse() throws Exception {
    HttpResponse<String> response = server.send("GET", "/api/ping");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(bodyOf(response))
        .isEqualTo(JSON.readTree("{\"image\":\"r/app:v1\",\"tag\":\"v1\"}"));
  }

  @Test
  void healthIsDegradedUntilSomethingWasTriedAndWhileNothingWorks() throws Exception {
    job.sources = List.of();
    assertHealth(503, "degraded", "no source is enabled");
    job.sources = List.of(new SourceStatus("a", "", "", null, null, null, "", "", null, 0, 0, ""));
    assertHealth(503, "degraded", "");
    job.sources = List.of(FakeCollectJob.source("a", "x"), FakeCollectJob.source("b", "y"));
    assertHealth(503, "degraded", "2 of 2 sources fail");
    job.sources =
        List.of(FakeCollectJob.source("a", "secret host"), FakeCollectJob.source("b", ""));
    assertHealth(200, "ok", "1 of 2 sources fail");
    job.sources = List.of(FakeCollectJob.source("a", ""));
    assertHealth(200, "ok", "");
  }

  private void assertHealth(int code, String status, String message) throws Exception {
    HttpResponse<String> response = server.send("GET", "/healthz");
    assertThat(response.statusCode()).isEqualTo(code);
    assertThat(bodyOf(response).path("status").textValue()).isEqualTo(status);
    assertThat(bodyOf(response).path("message").textValue()).isEqualTo(message);
  }

  @Test
  void readinessFollowsTheDatabase() throws Exception {
    HttpResponse<String> ready = server.send("GET", "/readyz");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body()).isEqualTo("{\"status\":\"ready\",\"database\":\"ok\"}\n");
    databaseIsThere.set(false);
    HttpResponse<String> gone = server.send("GET", "/readyz");
    assertThat(gone.statusCode()).isEqualTo(503);
    assertThat(gone.body()).isEqualTo("{\"status\":\"not_ready\",\"database\":\"unavailable\"}\n");
  }

  @Test
  void readinessDoesNotWaitForADatabaseThatHangs() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    DatabaseProbe hanging =
        new DatabaseProbe(
            () -> {
              try {
                return never.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException e) {
                return false;
              }
            },
            IMPATIENT);
    try (EdgesServer own = EdgesServer.start(runner, hanging, settings(PATIENT, false))) {
      assertThat(own.send("GET", "/readyz").statusCode()).isEqualTo(503);
    }
    hanging.stop();
  }

  // More pushes at a time than are allowed; the server takes one.

  @Test
  void aPushBeyondTheLimitIsToldToComeAgainAndIsTakenOnceThereIsRoom() throws Exception {
    Push push = new Push(server.baseUrl(), "platform-token");
    String body = Push.snapshot("jp", "1970-01-01T00:00:00Z");
    try (Socket holder = push.connect(body.length())) {
      holder.getOutputStream().write('{');
      Eventually.holds(
          () -> {
            Push.Answer busy = push.send(body);
            assertThat(busy.status()).isEqualTo(503);
            assertThat(busy.text("code")).isEqualTo("busy");
            assertThat(busy.text("message")).contains("send the same again later");
            assertThat(busy.response().headers().firstValue("Retry-After")).contains("5");
          });
    }
    Eventually.holds(() -> assertThat(push.send(body).status()).isEqualTo(200));
  }

  // Rights.

  @ParameterizedTest
  @CsvSource({
    "POST, " + COLLECT,
    "POST, " + RECONCILE,
    "GET, /v1/status",
    "POST, /v1/ingest/snapshots"
  })
  void withoutATokenNobodyGetsIn(String method, String path) throws Exception {
    assertError(server.send(method, path), 401, "unauthorized");
    assertThat(server.send(method, path).headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"billing-service\"");
    assertError(server.send(method, path + "?access_token=platform-token"), 401, "unauthorized");
    assertThat(job.runs).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "platform-token",
        "bearer platform-token",
        "BEARER platform-token",
        "Basic cGxhdGZvcm0tdG9rZW4=",
        "Bearer",
        "Bearer ",
        "Bearer platform-toke",
        "Bearer platform-token2",
        "Bearer other"
      })
  void aHeaderThatIsNoTokenOfOursGivesUnauthorized(String header) throws Exception {
    assertError(server.send("GET", "/v1/status", "Authorization", header), 401, "unauthorized");
  }

  @Test
  void aHeaderOfAnotherCaseOnTheSameConnectionChangesNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(server.send("GET", "/v1/status", PLATFORM).statusCode()).isEqualTo(200);
      assertThat(
              server
                  .send("GET", "/v1/status", "Authorization", "Bearer PLATFORM-token")
                  .statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void blanksAroundTheTokenAreFine() throws Exception {
    assertThat(
            server
                .send("GET", "/v1/status", "Authorization", "Bearer   platform-token ")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aTokenWithoutTheRightIsForbidden() throws Exception {
    String[] watcher = {"Authorization", "Bearer watcher-token"};
    assertThat(server.send("GET", "/v1/status", watcher).statusCode()).isEqualTo(200);
    assertError(server.send("POST", COLLECT, watcher), 403, "forbidden");
    assertError(server.send("POST", RECONCILE, watcher), 403, "forbidden");
    assertThat(job.runs).hasValue(0);
  }

  @Test
  void whoTriesTooManyWrongTokensHasToWaitAndWhoWasKnownBeforeHasNot() throws Exception {
    try (EdgesServer strict = EdgesServer.start(jobs, probe, settings(PATIENT, false), 3)) {
      String[] watcher = {"Authorization", "Bearer watcher-token"};
      assertThat(strict.send("GET", "/v1/status", watcher).statusCode()).isEqualTo(200);
      assertError(strict.send("GET", "/v1/status"), 401, "unauthorized"); // no try at a token
      String[] wrong = {"Authorization", "Bearer geheim"};
      assertError(strict.send("GET", "/v1/status", wrong), 401, "unauthorized");
      assertError(strict.sendAdmin("GET", "/metrics", wrong), 401, "unauthorized");
      assertError(strict.send("POST", COLLECT, wrong), 401, "unauthorized");

      HttpResponse<String> late = strict.send("GET", "/v1/status", wrong);
      assertError(late, 429, "too_many_requests");
      assertThat(late.headers().firstValue("Retry-After")).contains("90");
      assertError(strict.sendAdmin("GET", "/metrics", wrong), 429, "too_many_requests");
      // A right token that was not seen from here before is not told from a wrong one.
      assertError(strict.send("GET", "/v1/status", PLATFORM), 429, "too_many_requests");

      assertThat(strict.send("GET", "/v1/status", watcher).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void refusedCallsAreCounted() throws Exception {
    String[] reader = {"Authorization", "Bearer reader-token"};
    long without = counter(server.sendAdmin("GET", "/metrics", reader), "without-token");
    long wrong = counter(server.sendAdmin("GET", "/metrics", reader), "wrong-token");
    server.send("GET", "/v1/status");
    server.send("GET", "/v1/status", "Authorization", "Bearer geheim");
    server.send("GET", "/v1/status", "Authorization", "Bearer geheim");
    HttpResponse<String> metrics = server.sendAdmin("GET", "/metrics", reader);
    assertThat(counter(metrics, "without-token") - without).isEqualTo(1);
    assertThat(counter(metrics, "wrong-token") - wrong).isEqualTo(2);
    assertThat(metrics.body()).doesNotContain("geheim").doesNotContain("reader-token");
  }

  private static long counter(HttpResponse<String> metrics, String name) throws Exception {
    return JSON.readTree(metrics.body())
        .path("counters")
        .path("auth.refused." + name)
        .path("count")
        .asLong(-1);
  }

  @Test
  void theAdminPortIsClosedAsAWhole() throws Exception {
    for (String path : List.of("/", "/metrics", "/healthcheck", "/ping", "/threads", "/nothing")) {
      assertError(server.sendAdmin("GET", path), 401, "unauthorized");
      assertError(
          server.sendAdmin("GET", path + "?access_token=reader-token"), 401, "unauthorized");
      assertError(server.sendAdmin("GET", path, PLATFORM), 403, "forbidden");
      assertError(
          server.sendAdmin("GET", path, "Authorization", "Bearer writer-token"), 403, "forbidden");
    }
    assertThat(
            server
                .sendAdmin("GET", "/metrics", "Authorization", "Bearer reader-token")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void anAdminTaskNeedsTheRightToWrite() throws Exception {
    assertError(server.sendAdmin("POST", "/tasks/gc"), 401, "unauthorized");
    assertError(
        server.sendAdmin("POST", "/tasks/gc", "Authorization", "Bearer reader-token"),
        403,
        "forbidden");
    assertThat(
            server
                .sendAdmin("POST", "/tasks/gc", "Authorization", "Bearer writer-token")
                .statusCode())
        .isEqualTo(200);
  }

  // The loopback option.

  @Test
  void loopbackMayCallTheJobsAndOnlyThemIfTheOptionIsOn() throws Exception {
    assertThat(loopbackServer.send("POST", COLLECT).statusCode()).isEqualTo(200);
    assertThat(loopbackServer.send("POST", RECONCILE).statusCode()).isEqualTo(200);
    assertError(loopbackServer.send("GET", "/v1/status"), 401, "unauthorized");
    assertError(loopbackServer.sendAdmin("GET", "/metrics"), 401, "unauthorized");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Origin", "Via"})
  void aProxyOrABrowserOnLoopbackIsNotLoopback(String header) throws Exception {
    assertError(loopbackServer.send("POST", COLLECT, header, "127.0.0.1"), 401, "unauthorized");
  }

  @Test
  void aWrongTokenIsNotForgivenOnLoopback() throws Exception {
    assertError(
        loopbackServer.send("POST", COLLECT, "Authorization", "Bearer x"), 401, "unauthorized");
  }

  // Jobs.

  @Test
  void aJobThatFinishesInTimeAnswersItsResult() throws Exception {
    HttpResponse<String> response = server.send("POST", COLLECT, PLATFORM);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(bodyOf(response))
        .isEqualTo(
            JSON.readTree(
                """
                {"job": "collect-and-rate", "started_at": "2026-01-31T10:00:00Z",
                 "finished_at": "2026-01-31T10:00:00Z", "processed_samples": 7,
                 "written_minutes": 3, "replayed_minutes": 1, "status": "ok",
                 "source_statuses": [{"source_id": "a", "node_id": "n", "env": "prod",
                   "last_completed_until": "2026-01-31T10:00:00Z",
                   "last_attempted_at": "2026-01-31T10:00:00Z",
                   "last_succeeded_at": "2026-01-31T10:00:00Z", "lag_seconds": 60,
                   "consecutive_failures": 0, "samples_set_aside": 0}]}
                """));
    assertThat(journal.results).hasSize(1);
  }

  @Test
  void reconcileLooksBackAsConfigured() throws Exception {
    HttpResponse<String> response = server.send("POST", RECONCILE, PLATFORM);
    assertThat(bodyOf(response).path("job").textValue()).isEqualTo("reconcile");
    assertThat(job.lookBack).hasHours(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}"})
  void reconcileWithNothingToSayIsTheUsualOne(String body) throws Exception {
    assertThat(server.post(RECONCILE, body, PLATFORM).statusCode()).isEqualTo(200);
    assertThat(job.lookBack).hasHours(1);
    assertThat(job.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"source_id":"a"} | a 2026-01-31T09:00:00Z 2026-01-31T10:00:00Z
          {"since":"2026-01-31T08:00:00+01:00"} | null 2026-01-31T07:00:00Z 2026-01-31T10:00:00Z
          {"until":"2026-01-30T00:00:00Z","source_id":null} | null 2026-01-29T23:00:00Z 2026-01-30T00:00:00Z
          {"since":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z"} | null 2026-01-01T00:00:00Z 2026-01-02T00:00:00Z
          """)
  void reconcileTakesASourceAndAStretchOfTime(String body, String asked) throws Exception {
    HttpResponse<String> response = server.post(RECONCILE, body, PLATFORM);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(bodyOf(response).path("job").textValue()).isEqualTo("reconcile");
    assertThat(bodyOf(response).path("processed_samples").intValue()).isEqualTo(7);
    assertThat(job.asked).isEqualTo(asked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"source_id":"nobody"} | source_id: 'nobody'
          {"source_id":7} | source_id: '7'
          {"source_id":" "} | source_id:
          {"since":"yesterday-ish"} | since: 'yesterday-ish'
          {"since":1769853600} | since: '1769853600'
          {"until":"2026-02-01T00:00:00Z"} | until: '2026-02-01T00:00:00Z'
          {"since":"2026-01-31T09:30:00Z","until":"2026-01-31T09:00:00Z"} | since: '2026-01-31T09:30:00Z'
          {"since":"2025-11-01T00:00:00Z"} | since: '2025-11-01T00:00:00Z'
          {"sources":"a"} | field: 'sources'
          {"since":"2026-01-31T09:30:00Z","since":"2026-01-31T09:40:00Z"} | body:
          [] | body:
          "a" | body:
          {"source_id": | body:
          {} {} | body:
          """)
  void reconcileRefusesWhatCannotBeAndSaysWhy(String body, String reason) throws Exception {
    HttpResponse<String> response = server.post(RECONCILE, body, PLATFORM);
    assertError(response, 400, "bad_request");
    assertThat(bodyOf(response).path("message").textValue()).startsWith(reason);
    assertThat(job.runs).hasValue(0);
  }

  @Test
  void reconcileRefusesABodyBeyondItsLimit() throws Exception {
    String body = "{\"source_id\":\"" + "x".repeat(5_000) + "\"}";
    assertError(server.post(RECONCILE, body, PLATFORM), 400, "bad_request");
  }

  @Test
  void oneStretchIsReconciledAtATimeAndTheUsualOneBesideIt() throws Exception {
    job.hold();
    String body = "{\"source_id\":\"a\"}";
    Future<HttpResponse<String>> first =
        callers.submit(() -> server.post(RECONCILE, body, PLATFORM));
    job.awaitEntered();
    Future<HttpResponse<String>> same =
        callers.submit(() -> server.post(RECONCILE, body, PLATFORM));
    assertError(
        server.post(RECONCILE, "{\"since\":\"2026-01-31T09:30:00Z\"}", PLATFORM), 409, "conflict");
    assertThat(server.send("POST", RECONCILE, PLATFORM).statusCode()).isEqualTo(200);
    job.release();
    assertThat(first.get().statusCode()).isEqualTo(200);
    assertThat(same.get().statusCode()).isEqualTo(200);
    assertThat(job.runs).hasValue(1);
  }

  @Test
  void aJobThatTakesLongerAnswersRunningAndGoesOn() throws Exception {
    job.hold();
    HttpResponse<String> early = impatientServer.send("POST", COLLECT, PLATFORM);
    assertThat(early.statusCode()).isEqualTo(202);
    assertThat(bodyOf(early).path("status").textValue()).isEqualTo("running");
    assertThat(bodyOf(early).path("finished_at").textValue()).isEqualTo("0001-01-01T00:00:00Z");

    CompletionStage<JobResult> joined = runner.trigger(JobKind.COLLECT);
    job.release();
    assertThat(joined.toCompletableFuture().get(60, TimeUnit.SECONDS).status()).isEqualTo("ok");
    assertThat(bodyOf(server.send("GET", "/v1/status", PLATFORM)).path("status").textValue())
        .isEqualTo("ok");
    assertThat(job.runs).hasValue(1);
  }

  @Test
  void aTriggerWhileOneRunsJoinsIt() throws Exception {
    job.hold();
    Future<HttpResponse<String>> first =
        callers.submit(() -> server.send("POST", COLLECT, PLATFORM));
    job.awaitEntered();
    Future<HttpResponse<String>> second =
        callers.submit(() -> server.send("POST", COLLECT, PLATFORM));

    JsonNode status = bodyOf(server.send("GET", "/v1/status", PLATFORM));
    assertThat(status.path("running_jobs").path(0).textValue()).isEqualTo("collect-and-rate");
    assertThat(status.path("status").textValue()).isEmpty();
    job.release();
    assertThat(first.get().statusCode()).isEqualTo(200);
    assertThat(second.get().statusCode()).isEqualTo(200);
    assertThat(bodyOf(server.send("GET", "/v1/status", PLATFORM)).has("running_jobs")).isFalse();
  }

  @Test
  void theOtherJobDoesNotWaitForIt() throws Exception {
    job.hold();
    Future<HttpResponse<String>> held =
        callers.submit(() -> server.send("POST", COLLECT, PLATFORM));
    job.awaitEntered();
    assertThat(server.send("POST", RECONCILE, PLATFORM).statusCode()).isEqualTo(200);
    assertThat(held).isNotDone();
  }

  @Test
  void statusAndHealthAnswerAtOnceWhileAJobRuns() throws Exception {
    server.send("GET", "/v1/status", PLATFORM);
    job.hold();
    Future<HttpResponse<String>> held =
        callers.submit(() -> server.send("POST", COLLECT, PLATFORM));
    job.awaitEntered();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long before = System.nanoTime();
      server.send("GET", "/v1/status", PLATFORM);
      server.send("GET", "/healthz");
      best = Math.min(best, System.nanoTime() - before);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
    assertThat(held).isNotDone();
  }

  @Test
  void aJobThatCouldDoNothingIsUnavailable() throws Exception {
    job.outcome = new JobOutcome(List.of(new JobOutcome.Source("a", "HTTP 500")), 0, 0, 0, 0);
    HttpResponse<String> response = server.send("POST", COLLECT, PLATFORM);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(bodyOf(response).path("status").textValue()).isEqualTo("error");
    assertThat(bodyOf(response).path("error").textValue()).isEqualTo("a: HTTP 500");
  }

  @Test
  void aHealthyIdleSourceMakesAFailingOnePartial() throws Exception {
    job.outcome =
        new JobOutcome(
            List.of(new JobOutcome.Source("a", "HTTP 500"), new JobOutcome.Source("b", null)),
            0,
            0,
            0,
            0);
    HttpResponse<String> response = server.send("POST", COLLECT, PLATFORM);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(bodyOf(response).path("status").textValue()).isEqualTo("partial");
  }

  @Test
  void aJobThatBreaksTellsAReferenceAndTheNextOneRuns() throws Exception {
    job.failure = new IllegalStateException("geheim");
    HttpResponse<String> broken = server.send("POST", COLLECT, PLATFORM);
    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(bodyOf(broken).path("error").textValue())
        .startsWith("unexpected error, reference ")
        .doesNotContain("geheim");
    job.failure = null;
    assertThat(server.send("POST", COLLECT, PLATFORM).statusCode()).isEqualTo(200);
  }

  @Test
  void inPushModeTheJobsAreIdleAndThatIsFine() throws Exception {
    jobs.to = new PushModeJobs(CLOCK);
    for (String path : List.of(COLLECT, RECONCILE)) {
      HttpResponse<String> response = server.send("POST", path, PLATFORM);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(bodyOf(response).path("status").textValue()).isEqualTo("idle");
    }
    assertHealth(200, "ok", "push mode");
  }

  @Test
  void beforeTheFirstRunTheStatusIsEmpty() throws Exception {
    JsonNode status = bodyOf(server.send("GET", "/v1/status", PLATFORM));
    assertThat(status.path("job").textValue()).isEmpty();
    assertThat(status.path("started_at").textValue()).isEqualTo("0001-01-01T00:00:00Z");
    assertThat(status.path("status").textValue()).isEmpty();
    assertThat(status.has("error")).isFalse();
    assertThat(status.path("source_statuses").size()).isEqualTo(1);
  }

  @Test
  void afterARestartTheStatusIsTheLastRunOfBefore() throws Exception {
    journal.last =
        new JobRunRow("reconcile", NOW, NOW.plusNanos(123_456_000), "partial", "e", 1, 2, 3, "i");
    runner.start();
    JsonNode status = bodyOf(server.send("GET", "/v1/status", PLATFORM));
    assertThat(status.path("job").textValue()).isEqualTo("reconcile");
    assertThat(status.path("finished_at").textValue()).isEqualTo("2026-01-31T10:00:00.123456Z");
    assertThat(status.path("error").textValue()).isEqualTo("e");
  }

  // Errors.

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"})
  void jobsTakePostOnly(String method) throws Exception {
    HttpResponse<String> response = server.send(method, COLLECT, PLATFORM);
    assertError(response, 405, "method_not_allowed");
    assertThat(response.headers().firstValue("Allow").orElse("")).contains("POST");
    assertThat(job.runs).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v1/jobs", "/v1/jobs/other", "/metrics", "/tasks/gc", "/v1/status/x"})
  void anUnknownPathIsNotFound(String path) throws Exception {
    assertError(server.send("GET", path, PLATFORM), 404, "not_found");
  }

  @Test
  void anUnexpectedErrorTellsAReferenceOnly() throws Exception {
    job.sourcesFailure = new IllegalStateException("geheim");
    HttpResponse<String> response = server.send("GET", "/v1/status", PLATFORM);
    assertError(response, 500, "internal");
    assertThat(response.body()).contains("reference ").doesNotContain("geheim");
  }
}
