package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.api.ErrorMessage;
import plus.svc.billing.api.Health;
import plus.svc.billing.api.JobResult;
import plus.svc.billing.api.Ping;
import plus.svc.billing.api.Readiness;
import plus.svc.billing.api.SourceStatus;

final class VerbsIT {

  private static final Instant NOON = Instant.parse("2025-03-01T12:00:00Z");
  private static final SourceStatus JP =
      new SourceStatus("jp", "jp-node", "prod", NOON, NOON, NOON, "", "", 65L, 0, 0, "");
  private static final SourceStatus SG =
      new SourceStatus(
          "sg-longer", "", "", null, NOON, null, "answers 500", "", 187_200L, 12, 0, "");

  private final Map<String, String> environment = new HashMap<>();
  private ContractServer server;

  @BeforeEach
  void start() throws IOException {
    server = ContractServer.start();
    environment.put("BILLING_URL", server.url());
    environment.put("BILLING_ADMIN_URL", server.url());
    environment.put("BILLING_TOKEN", ContractServer.STATUS_TOKEN);
    environment.put("BILLING_ADMIN_TOKEN", ContractServer.ADMIN_TOKEN);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Ran run(String... args) {
    return Ran.with(environment, args);
  }

  private static JobResult result(String job, String status, String error, SourceStatus... all) {
    return new JobResult(
        job, NOON, NOON.plusSeconds(3), 120, 40, 2, status, error, List.of(), List.of(all));
  }

  private void statusIs(JobResult result) {
    server.answers("GET /v1/status", "status", 200, result);
  }

  @Test
  void statusShowsALineForEachSource() {
    statusIs(result("collect-and-rate", "ok", "", JP));

    Ran ran = run("status");

    assertThat(ran)
        .isEqualTo(
            new Ran(
                0,
                """
                collect-and-rate: ok, 2025-03-01T12:00:00Z to 2025-03-01T12:00:03Z
                120 samples taken, 40 minutes written, 2 minutes changed

                SOURCE  READ UNTIL            LAG    LAST SUCCESS          FAILURES  LAST ERROR
                jp      2025-03-01T12:00:00Z  1m05s  2025-03-01T12:00:00Z  0         -
                """,
                ""));
  }

  @Test
  void aFailingSourceIsFoundThoughTheLastJobWasFine() {
    statusIs(result("reconcile", "ok", "", JP, SG));

    Ran ran = run("status");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out().lines())
        .endsWith(
            "SOURCE     READ UNTIL            LAG    LAST SUCCESS          FAILURES  LAST ERROR",
            "jp         2025-03-01T12:00:00Z  1m05s  2025-03-01T12:00:00Z  0         -",
            "sg-longer  -                     2d04h  -                     12        answers 500");
  }

  @ParameterizedTest
  @CsvSource({"ok, 0", "idle, 0", "'', 0", "partial, 1", "error, 1", "of-a-later-version, 1"})
  void theLastJobsStatusIsTheVerdict(String status, int exitCode) {
    statusIs(result("collect-and-rate", status, "", JP));

    assertThat(run("status").exitCode()).isEqualTo(exitCode);
  }

  @Test
  void statusTellsWhatRunsNowAndWhatWentWrong() {
    statusIs(
        new JobResult(
            "reconcile",
            NOON,
            NOON,
            0,
            0,
            0,
            "partial",
            "2 samples set aside",
            List.of("reconcile", "collect-and-rate"),
            List.of()));

    assertThat(run("status").out())
        .contains("error: 2 samples set aside\n", "running now: reconcile, collect-and-rate\n")
        .doesNotContain("SOURCE");
  }

  @Test
  void statusBeforeTheFirstRunSaysSo() {
    JobResult none =
        new JobResult(
            "", JobResult.NEVER, JobResult.NEVER, 0, 0, 0, "", "", List.of(), List.of(JP));
    statusIs(none);

    assertThat(run("status").out()).startsWith("no job has run yet\n").doesNotContain("0001-01-01");
  }

  @Test
  void jsonIsTheServicesDocumentWithTheSameVerdict() {
    JobResult result = result("collect-and-rate", "partial", "sg-longer: answers 500", JP, SG);
    statusIs(result);

    assertThat(run("status", "--json")).isEqualTo(new Ran(1, ContractServer.json(result), ""));
  }

  @Test
  void aCredentialThatCannotBeRenewedIsShownAndFound() {
    SourceStatus old =
        new SourceStatus("jp", "", "", NOON, NOON, NOON, "", "", 0L, 0, 0, "file t is empty");
    statusIs(result("collect-and-rate", "ok", "", old));

    Ran ran = run("status");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).endsWith("  keeps its old credential: file t is empty\n");
  }

  @Test
  void anExportersErrorTextCannotSteerTheTerminal() {
    SourceStatus hostile =
        new SourceStatus(
            "jp", "", "", null, NOON, null, "\u001b[2Jgone\r\nok: all\u202e", "", 0L, 1, 0, "");
    statusIs(result("collect-and-rate", "ok", "", hostile));

    assertThat(run("status").out()).endsWith("  [2Jgone ok: all\n").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @CsvSource({"collect, collect-and-rate", "reconcile, reconcile"})
  void aJobVerbPostsAndTellsTheResult(String verb, String job) {
    environment.put("BILLING_TOKEN", ContractServer.JOBS_TOKEN);
    server.answers("POST /v1/jobs/" + job, "jobs", 200, result(job, "ok", "", JP));

    Ran ran = run(verb);

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).startsWith(job + ": ok, 2025-03-01T12:00:00Z to").contains("\njp  ");
    assertThat(server.calls()).containsExactly("POST /v1/jobs/" + job);
  }

  @Test
  void aJobThatTakesLongerGoesOn() {
    environment.put("BILLING_TOKEN", ContractServer.JOBS_TOKEN);
    JobResult running =
        new JobResult(
            "reconcile",
            NOON,
            JobResult.NEVER,
            0,
            0,
            0,
            "running",
            "",
            List.of("reconcile"),
            List.of());
    server.answers("POST /v1/jobs/reconcile", "jobs", 202, running);

    Ran ran = run("reconcile");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .startsWith("reconcile: running since 2025-03-01T12:00:00Z\n")
        .endsWith("It goes on in the service; see billing-admin status.\n");
  }

  @ParameterizedTest
  @CsvSource({"200, partial", "503, error"})
  void aJobThatDidNotDoAllIsFound(int httpStatus, String status) {
    environment.put("BILLING_TOKEN", ContractServer.JOBS_TOKEN);
    server.answers(
        "POST /v1/jobs/collect-and-rate",
        "jobs",
        httpStatus,
        result("collect-and-rate", status, "jp: answers 500", JP));

    Ran ran = run("collect");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).contains(": " + status + ",", "error: jp: answers 500\n");
  }

  @Test
  void anErrorOfTheServiceItselfIsNoResultOfAJob() {
    environment.put("BILLING_TOKEN", ContractServer.JOBS_TOKEN);
    server.answers(
        "POST /v1/jobs/collect-and-rate",
        "jobs",
        500,
        new ErrorMessage("internal", "unexpected error, reference 4711"));

    Ran ran = run("collect");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "answers 500: unexpected error, reference 4711; see the service's log");
  }

  @Test
  void readyTellsAllThreeAndSendsNoToken() {
    String commit = "0123456789012345678901234567890123456789";
    server
        .answers("GET /readyz", "", 200, Readiness.READY)
        .answers("GET /healthz", "", 200, new Health("ok", "1 of 3 sources fail"))
        .answers("GET /api/ping", "", 200, new Ping("r/billing:" + commit, commit, commit, commit));

    assertThat(run("ready"))
        .isEqualTo(
            new Ran(
                0,
                """
                readyz   ready, database ok
                healthz  ok, 1 of 3 sources fail
                image    r/billing:0123456789012345678901234567890123456789
                commit   0123456789012345678901234567890123456789
                """,
                ""));
    assertThat(server.tokensSeen()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"503, 200", "200, 503", "503, 503"})
  void aServiceThatIsNotReadyOrDegradedIsFound(int readyz, int healthz) {
    server
        .answers("GET /readyz", "", readyz, readyz == 200 ? Readiness.READY : Readiness.NOT_READY)
        .answers("GET /healthz", "", healthz, new Health(healthz == 200 ? "ok" : "degraded", ""))
        .answers("GET /api/ping", "", 200, new Ping("", "", "", ""));

    Ran ran = run("ready");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out())
        .contains(readyz == 200 ? "ready, database ok" : "not_ready, database unavailable")
        .contains("image    unknown\n");
  }

  @Test
  void pruneIsDryUnlessToldToApply() {
    server
        .answers("POST /tasks/prune", "admin:write", 200, task("would drop 5 snapshots", "ok"))
        .answers(
            "POST /tasks/prune?apply=true", "admin:write", 200, task("dropped 5 snapshots", "ok"));

    assertThat(run("prune"))
        .isEqualTo(new Ran(0, "would drop 5 snapshots\n{\"status\":\"ok\"}\n", ""));
    assertThat(server.calls()).containsExactly("POST /tasks/prune");
    assertThat(run("prune", "--apply").out()).startsWith("dropped 5 snapshots\n");
  }

  @Test
  void theTasksLastLineIsTheVerdict() {
    server.answers("POST /tasks/prune", "admin:write", 200, task("dropped some", "partial"));
    assertThat(run("prune").exitCode()).isEqualTo(1);

    server.answers("POST /tasks/prune", "admin:write", 200, "dropped so");
    Ran cut = run("prune");
    assertThat(cut.exitCode()).isEqualTo(2);
    assertThat(cut.out()).isEqualTo("dropped so\n");
    assertOneLine(cut, "the task ended before its verdict");
  }

  @Test
  void sourcesAreListedUnlessSomethingElseIsAskedFor() {
    server.answers("POST /tasks/sources", "admin:write", 200, task("jp enabled", "ok"));
    assertThat(run("sources").out()).isEqualTo("jp enabled\n{\"status\":\"ok\"}\n");
    assertThat(run("sources", "list").exitCode()).isZero();
    assertThat(run("sources", "list", "--apply").exitCode()).isEqualTo(2);
    assertThat(server.calls()).containsOnly("POST /tasks/sources").hasSize(2);
  }

  @Test
  void aSourceIsAddedChangedAndDisabledByItsFieldsAndDryUnlessToldToApply() {
    server
        .answers("POST /tasks/sources?action=add", "admin:write", 200, task("would add", "ok"))
        .answers(
            "POST /tasks/sources?action=change&apply=true",
            "admin:write",
            200,
            task("change done", "ok"))
        .answers(
            "POST /tasks/sources?action=disable&apply=true",
            "admin:write",
            200,
            task("refused: source 'jp' is not there", "refused"));

    assertThat(run("sources", "add", "jp", "base_url=https://jp.example?a=b", "env=7").exitCode())
        .isZero();
    assertThat(
            run(
                    "sources",
                    "change",
                    "jp",
                    "max_bytes_per_second=1000",
                    "server_name=",
                    "enabled=true",
                    "--apply")
                .exitCode())
        .isZero();
    assertThat(run("sources", "disable", "jp", "--apply").exitCode()).isEqualTo(1);

    assertThat(server.bodies())
        .containsExactly(
            "{\"source_id\":\"jp\",\"base_url\":\"https://jp.example?a=b\",\"env\":\"7\"}",
            "{\"source_id\":\"jp\",\"max_bytes_per_second\":1000,\"server_name\":null,"
                + "\"enabled\":\"true\"}",
            "{\"source_id\":\"jp\"}");
  }

  @Test
  void sourcesWithoutAnIdOrWithAnUnknownActionIsAMisuse() {
    assertOneLine(run("sources", "add"), "sources add needs the source's id");
    assertThat(run("sources", "remove", "jp").exitCode()).isEqualTo(2);
    assertThat(server.calls()).isEmpty();
  }

  private static String task(String text, String status) {
    return text + "\n{\"status\":\"" + status + "\"}\n";
  }

  @ParameterizedTest
  @CsvSource({
    "status, status, BILLING_TOKEN",
    "collect, jobs, BILLING_TOKEN",
    "prune, admin:write, BILLING_ADMIN_TOKEN",
    "sources, admin:write, BILLING_ADMIN_TOKEN",
  })
  void aRefusalNamesTheRightThatIsMissing(String verb, String right, String variable) {
    server
        .answers("GET /v1/status", right, 200, "")
        .answers("POST /v1/jobs/collect-and-rate", right, 200, "")
        .answers("POST /tasks/prune", right, 200, "")
        .answers("POST /tasks/sources", right, 200, "");

    environment.remove(variable);
    Ran without = run(verb);
    environment.put(variable, "stranger-4714");
    Ran unknown = run(verb);
    environment.put(
        variable, right.equals("jobs") ? ContractServer.STATUS_TOKEN : ContractServer.JOBS_TOKEN);
    Ran lacking = run(verb);

    assertThat(List.of(without, unknown, lacking)).allMatch(ran -> ran.exitCode() == 2);
    assertOneLine(
        without, "needs a token with the right " + right + "; give --token-file or " + variable);
    assertOneLine(unknown, "does not know this token (401); it needs a token with the right");
    assertOneLine(lacking, "the token lacks the right " + right);
    assertThat(unknown.err() + lacking.err()).doesNotContain("4711", "4712", "4714");
  }

  @Test
  void theTokenFileGoesBeforeTheEnvironment(@TempDir Path folder) throws IOException {
    statusIs(result("collect-and-rate", "ok", "", JP));
    environment.put("BILLING_TOKEN", "stranger");
    Path file = Files.writeString(folder.resolve("token"), ContractServer.STATUS_TOKEN + "\n");

    assertThat(run("status", "--token-file", file.toString()).exitCode()).isZero();
    assertThat(server.tokensSeen()).containsExactly(ContractServer.STATUS_TOKEN);
  }

  @Test
  void aUrlMayHaveAPathBeforeOurs() {
    server.answers("GET /billing/v1/status", "status", 200, result("reconcile", "ok", "", JP));

    assertThat(run("status", "--url", server.url() + "/billing/").exitCode()).isZero();
  }

  @Test
  void aRedirectIsNotFollowed() {
    server.answers("GET /v1/status", "", 307, "");

    Ran ran = run("status");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "redirects elsewhere, which is not followed; give the final URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "[]", "null", "{}", "", "{\"job\":1,\"status\":{}}"})
  void anAnswerOfSomethingElseIsNotTakenForTheServices(String body) {
    server.answers("GET /v1/status", "", 200, body);

    Ran ran = run("status");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "answers something else than the billing service would; check the URL");
  }

  @Test
  void theWrongPortIsTold() {
    Ran ran = run("prune");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "is not there (404); check that the URL is the right port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "collect", "reconcile", "ready", "prune", "sources"})
  void aRefusedConnectionIsTold(String verb) throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String url = "http://127.0.0.1:" + closed;

    Ran ran = run(verb, "--url", url, "--admin-url", url);

    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "no connection to " + url + "; check that the service runs");
  }

  @Test
  void httpsToAPortWithoutTlsIsTold() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answerPlainly(plain), "plain");
      answering.start();

      Ran ran = run("status", "--url", "https://127.0.0.1:" + plain.getLocalPort());

      assertThat(ran.exitCode()).isEqualTo(2);
      assertOneLine(ran, "no TLS connection to https://127.0.0.1:");
      answering.join(10_000);
    }
  }

  /** As many servers do when TLS comes where they await HTTP. */
  private static void answerPlainly(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read();
      socket
          .getOutputStream()
          .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      // Closing with something unread would be a reset, which may overtake the answer.
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertOneLine(Ran ran, String part) {
    assertThat(ran.err())
        .startsWith("billing-admin: ")
        .contains(part)
        .endsWith("\n")
        .containsOnlyOnce("\n")
        .doesNotContain("Exception");
  }
}
