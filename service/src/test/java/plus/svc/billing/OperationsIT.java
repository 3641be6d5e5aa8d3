package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.admin.BadInput;
import plus.svc.billing.admin.Inputs;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.config.JobsSection;
import plus.svc.billing.job.PushModeJobs;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.testing.Eventually;

/** One operation on every face of the admin port. */
@Timeout(120)
class OperationsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final FakeChangeJournal JOURNAL = new FakeChangeJournal();
  private static final AtomicBoolean CALLER_WENT = new AtomicBoolean();
  private static final DatabaseProbe PROBE = new DatabaseProbe(() -> true, Duration.ofSeconds(2));

  private static EdgesServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        EdgesServer.start(
            new PushModeJobs(InstantSource.fixed(Instant.EPOCH)),
            PROBE,
            new JobsSection.Settings(Duration.ofSeconds(10), Duration.ofHours(1), false),
            Integer.MAX_VALUE,
            List.of(new Tally(), new Reading()),
            JOURNAL);
  }

  @AfterAll
  static void stop() {
    server.close();
    PROBE.stop();
  }

  @BeforeEach
  void forget() {
    JOURNAL.lines.clear();
  }

  /** Tells what it is told, and fails where it is told to. */
  private static final class Tally implements Operation {

    @Override
    public String name() {
      return "tally";
    }

    @Override
    public Set<String> inputs() {
      return Set.of("word", "fail", "rows", "since");
    }

    @Override
    public boolean canApply() {
      return true;
    }

    @Override
    public void run(Inputs inputs, Report report) {
      if (inputs.all("word").contains("bad")) {
        throw new BadInput("word", "bad", "a good one");
      }
      inputs.instant("since");
      if (inputs.text("fail").orElse("").equals("early")) {
        throw new IllegalStateException("a-secret early");
      }
      report.section("words", "word", "caller");
      for (String word : inputs.all("word")) {
        report.row(word, inputs.caller());
      }
      try {
        for (int row = 0; row < inputs.count("rows").orElse(0); row++) {
          report.row("filler", Integer.toString(row));
        }
      } catch (RuntimeException e) {
        CALLER_WENT.set(true);
        throw e;
      }
      switch (inputs.text("fail").orElse("")) {
        case "late" -> throw new IllegalStateException("a-secret late");
        case "silent" -> {
          return;
        }
        default -> report.end(Map.of("applied", inputs.applies()), Verdict.FOUND);
      }
    }
  }

  private static final class Reading implements Operation {

    @Override
    public String name() {
      return "reading";
    }

    @Override
    public Set<String> inputs() {
      return Set.of();
    }

    @Override
    public void run(Inputs inputs, Report report) {
      report.end(Map.of(), Verdict.CLEAN);
    }
  }

  private static HttpResponse<String> ask(
      String method, String path, String token, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
            .header("Authorization", "Bearer " + token + "-token")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return ask("GET", path, "reader", "");
  }

  @Test
  void theJsonEndpointTellsSectionsSummaryAndVerdict() throws Exception {
    HttpResponse<String> answer = get("/admin/v1/tally?word=one&word=two");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(JSON.readTree(answer.body()))
        .isEqualTo(
            JSON.readTree(
                """
                {"words": [{"word": "one", "caller": "reader"}, {"word": "two", "caller": "reader"}],
                 "summary": {"applied": false}, "verdict": "found"}
                """));
  }

  @Test
  void theTaskTellsATable() throws Exception {
    HttpResponse<String> answer = ask("POST", "/tasks/tally?word=one", "writer", "");

    assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain;charset=utf-8");
    assertThat(answer.body())
        .isEqualTo("words\nWORD  CALLER\none   writer\n\napplied: false\nverdict: found\n");
  }

  @ParameterizedTest
  @CsvSource({
    "?format=csv, */*, text/csv;charset=utf-8, # words",
    "?format=events, text/html, application/x-ndjson, {",
    "'', 'text/html,application/xhtml+xml,*/*;q=0.8', text/html;charset=utf-8, <!DOCTYPE",
    "'', 'application/x-ndjson', application/x-ndjson, {",
    "'', 'image/png', application/json, {",
  })
  void theFormatIsNamedOrAccepted(String query, String accept, String type, String begin)
      throws Exception {
    HttpResponse<String> answer =
        ask("GET", "/admin/v1/tally" + query, "reader", "", "Accept", accept);

    assertThat(answer.headers().firstValue("Content-Type")).contains(type);
    assertThat(answer.body()).startsWith(begin);
  }

  @Test
  void inputsMayComeAsAFlatObjectWhateverItsContentType() throws Exception {
    for (String type : List.of("application/json", "application/x-www-form-urlencoded")) {
      HttpResponse<String> answer =
          ask(
              "POST",
              "/admin/v1/tally?word=query",
              "reader",
              "{\"word\": [\"body\", 7], \"since\": null}",
              "Content-Type",
              type);
      assertThat(JSON.readTree(answer.body()).path("words").findValuesAsText("word"))
          .containsExactly("query", "body", "7");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/admin/v1/tally?wrod=1 | '' | wrod: '1' can't be used; tally knows apply, fail, format,",
        "/admin/v1/tally?format=xml | '' | format: 'xml' can't be used; one of json, events, csv",
        "/admin/v1/tally?word=bad | '' | word: 'bad' can't be used; a good one",
        "/admin/v1/tally?since=soon | '' | since: 'soon' can't be used; a time such as",
        "/admin/v1/tally?apply=yes | '' | apply: 'yes' can't be used; true or false",
        "/admin/v1/tally?apply=true | '' | reason: '' can't be used; say in 1 to 500 characters",
        "/admin/v1/tally?apply=true&reason=%20 | '' | reason: '' can't be used",
        "/admin/v1/reading?apply=true | '' | apply: 'true' can't be used; reading knows format",
        "/admin/v1/reading?reason=x | '' | reason: 'x' can't be used; reading knows format",
        "/admin/v1/tally | [] | the body must be a flat JSON object",
        "/admin/v1/tally | {\"word\": {}} | word: '{}' can't be used",
        "/admin/v1/tally | {\"word\": 1, \"word\": 2} | the body must be a flat JSON object",
        "/admin/v1/tally | {\"word\": 1} x | the body must be a flat JSON object",
        "/tasks/tally?wrod=1 | '' | wrod: '1' can't be used",
      })
  void aWrongInputIsToldWithItsMendBeforeAnythingElse(String path, String body, String message)
      throws Exception {
    HttpResponse<String> answer = ask("POST", path, "writer", body);

    assertError(answer, 400, "bad_input", message);
    assertThat(JOURNAL.lines).isEmpty();
  }

  @Test
  void readingNeedsEitherRightWhateverTheFace() throws Exception {
    for (String token : List.of("reader", "writer")) {
      assertThat(ask("GET", "/admin/v1/tally", token, "").statusCode()).isEqualTo(200);
      assertThat(ask("POST", "/admin/v1/tally", token, "").statusCode()).isEqualTo(200);
      assertThat(ask("POST", "/tasks/tally", token, "").statusCode()).isEqualTo(200);
    }
    for (String path : List.of("/admin/v1/tally", "/tasks/tally", "/admin/v1/", "/admin/v1/x")) {
      String needs = "needs a token with the right admin:read or admin:write";
      assertError(ask("POST", path, "platform", ""), 403, "forbidden", needs);
      assertError(ask("POST", path, "stranger", ""), 401, "unauthorized", "needs a bearer token");
      assertThat(server.sendAdmin("POST", path).statusCode()).isEqualTo(401);
      assertThat(server.sendAdmin("GET", path + "?access_token=reader-token").statusCode())
          .isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tasks/gc", "/tasks/log-level", "//tasks/gc", "/tasks/./gc"})
  void aStockTaskStillNeedsTheRightToWrite(String path) throws Exception {
    assertThat(ask("POST", path, "reader", "").statusCode()).isNotEqualTo(200);
    assertThat(server.sendAdmin("POST", path).statusCode()).isNotEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/threads", "/healthcheck", "/ping", "/"})
  void theStockPagesNeedATokenThatMayRead(String path) throws Exception {
    assertThat(server.sendAdmin("GET", path).statusCode()).isEqualTo(401);
    assertThat(ask("GET", path, "platform", "").statusCode()).isEqualTo(403);
    assertThat(ask("GET", path, "reader", "").statusCode()).isNotIn(401, 403);
  }

  @Test
  void applyingNeedsThePostTheRightAndAReasonAndIsRecorded() throws Exception {
    String apply = "/admin/v1/tally?apply=true&reason=because&word=w";

    assertError(
        ask("GET", apply, "writer", ""), 405, "method_not_allowed", "needs the method POST");
    assertError(ask("POST", apply, "reader", ""), 403, "forbidden", "the right admin:write");
    assertError(
        ask("POST", apply.replace("/admin/v1", "/tasks"), "reader", ""),
        403,
        "forbidden",
        "the right admin:write");
    assertThat(JOURNAL.lines).isEmpty();

    assertThat(ask("POST", apply, "writer", "").body()).contains("\"applied\":true");
    assertThat(JOURNAL.lines)
        .containsExactly("begun writer tally 'because' {word=w}", "ended 1 found {applied=true}");
  }

  @Test
  void aChangeThatIsRefusedOrFailsIsRecordedSo() throws Exception {
    String apply = "/admin/v1/tally?apply=true&reason=r";
    ask("POST", apply + "&word=bad", "writer", "");
    ask("POST", apply + "&fail=early", "writer", "");
    ask("POST", apply + "&fail=late&rows=20000", "writer", "");

    assertThat(JOURNAL.lines).filteredOn(line -> line.startsWith("ended")).hasSize(3);
    assertThat(JOURNAL.lines.get(1)).startsWith("ended 1 refused {error=word: 'bad'");
    assertThat(JOURNAL.lines.get(3)).startsWith("ended 3 failed {error=unexpected error, ref");
    assertThat(JOURNAL.lines.get(5)).startsWith("ended 5 failed {error=unexpected error, ref");
  }

  @Test
  void aFailureBeforeTheAnswerIsAReference() throws Exception {
    for (String fail : List.of("early", "late", "silent")) {
      HttpResponse<String> answer = get("/admin/v1/tally?fail=" + fail);
      assertError(answer, 500, "internal", "unexpected error, reference ");
      assertThat(answer.body()).doesNotContain("a-secret", "Exception", "at plus");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "events", "csv", "table", "html"})
  void aFailureInMidAnswerEndsItWithAVerdictAndAReference(String format) throws Exception {
    HttpResponse<String> answer = get("/admin/v1/tally?rows=20000&fail=late&format=" + format);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("filler", "unexpected error, reference ", "failed")
        .doesNotContain("a-secret", "Exception", "at plus");
    if (format.equals("json")) {
      assertThat(JSON.readTree(answer.body()).path("verdict").asText()).isEqualTo("failed");
    }
  }

  @Test
  void whoGoesAwayIsNoErrorAndTheChangeIsRecordedAsFailed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.adminPort())) {
      socket.setReceiveBufferSize(1024);
      String request =
          """
          POST /admin/v1/tally?rows=2000000&apply=true&reason=r HTTP/1.1
          Host: a
          Authorization: Bearer writer-token
          Content-Length: 0

          """
              .replace("\n", "\r\n");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      socket.setSoLinger(true, 0);
    }
    Eventually.holds(
        () -> {
          assertThat(CALLER_WENT).isTrue();
          assertThat(JOURNAL.lines).contains("ended 1 failed {error=the caller went away}");
        });
  }

  @Test
  void whichOperationsThereAreIsTold() throws Exception {
    JsonNode list = JSON.readTree(get("/admin/v1/").body());

    assertThat(list.path("operations").findValuesAsText("name"))
        .containsExactly("tally", "reading");
    assertError(get("/admin/v1/nothing"), 404, "not_found", "GET /admin/v1/ lists them");
  }

  @ParameterizedTest
  @CsvSource({
    "HEAD,/admin/v1/tally",
    "PUT,/admin/v1/tally",
    "OPTIONS,/admin/v1/",
    "GET,/tasks/tally"
  })
  void noOtherMethodDoesAnything(String method, String path) throws Exception {
    assertThat(ask(method, path, "writer", "").statusCode()).isEqualTo(405);
  }

  private static void assertError(
      HttpResponse<String> answer, int status, String code, String message) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("code").asText()).isEqualTo(code);
    assertThat(body.path("message").asText()).contains(message);
  }
}
