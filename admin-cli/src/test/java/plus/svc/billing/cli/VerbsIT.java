package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
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
import plus.svc.billing.api.report.Format;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;

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
  void aReportIsShownAndItsVerdictIsTheExitCode() {
    server.answers("POST /admin/v1/prune", "admin:write", 200, report(Verdict.FOUND));

    assertThat(run("prune"))
        .isEqualTo(new Ran(1, "rows\nNAME    N\njp    100\n\nsnapshots: 5\nverdict: found\n", ""));
    assertThat(run("prune", "--format", "csv").out()).startsWith("# rows\r\nname,n\r\njp,100");
    assertThat(run("prune", "--format", "html").out()).startsWith("<!DOCTYPE html>");
    assertThat(run("prune", "--format=json").out()).contains("{\"name\":\"jp\",\"n\":100}");
    assertThat(run("prune", "--format", "xml").exitCode()).isEqualTo(2);

    server.answers("POST /admin/v1/prune", "admin:write", 200, report(Verdict.CLEAN));
    assertThat(run("prune").exitCode()).isZero();
    server.answers("POST /admin/v1/prune", "admin:write", 200, report(Verdict.REFUSED));
    assertThat(run("prune").exitCode()).isEqualTo(1);
    server.answers("POST /admin/v1/prune", "admin:write", 200, report(Verdict.FAILED));
    assertThat(run("prune").exitCode()).isEqualTo(2);
  }

  @Test
  void anAnswerThatIsCutIsNoAnswerWhereverItIsCut(@TempDir Path folder) throws IOException {
    String whole = report(Verdict.CLEAN);
    Path file = Files.writeString(folder.resolve("report.json"), "as it was");
    for (int length : List.of(0, 1, 30, whole.length() - 20, whole.length() - 2)) {
      server.answers("POST /admin/v1/prune", "admin:write", 200, whole.substring(0, length));

      Ran ran = run("prune", "--format", "json", "--output", file.toString());
      assertThat(ran.exitCode()).isEqualTo(2);
      assertOneLine(ran, "the answer broke off before its verdict");
      assertThat(run("prune").out()).endsWith("error: the answer broke off\nverdict: failed\n");
    }
    assertThat(file).hasContent("as it was");
    assertThat(folder.toFile().list()).containsExactly(file.getFileName().toString());
  }

  @Test
  void aReportGoesToAFileThatIsThereOnceItIsWhole(@TempDir Path folder) throws IOException {
    server.answers("POST /admin/v1/changes", "admin:write", 200, report(Verdict.FOUND));
    Path file = Files.writeString(folder.resolve("changes.csv"), "as it was");

    Ran ran = run("changes", "--format", "csv", "--output", file.toString());
    assertThat(ran).isEqualTo(new Ran(1, file + " is written, verdict: found\n", ""));
    assertThat(file).content().startsWith("# rows").endsWith("verdict,found\r\n");
    assertThat(folder.toFile().list()).containsExactly(file.getFileName().toString());

    Ran nowhere = run("changes", "--output", folder.resolve("none/x").toString());
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertOneLine(nowhere, "can't be written; give a file in a folder of yours");
  }

  @Test
  void progressIsToldOnTheErrorOutput() {
    StringWriter events = new StringWriter();
    Report report = Format.EVENTS.to(events, "");
    report.progress(0.05, "a");
    report.progress(0.5, "jp\u001b[2J");
    server.answers("POST /admin/v1/prune", "admin:write", 200, events + report(Verdict.CLEAN));

    Ran ran = run("prune");
    assertThat(ran.err()).startsWith("50 %, about ").endsWith(" left  jp [2J\n");
    assertThat(ran.out()).doesNotContain("50 %");
  }

  @Test
  void timesArePassedOnAsTheyAre() {
    server.answers("POST /admin/v1/changes", "admin:write", 200, report(Verdict.CLEAN));

    assertThat(run("changes", "--since", "-24h", "--until=yesterday").exitCode()).isZero();
    assertThat(run("changes", "--since", "-1h30m", "--caller", "anna").exitCode()).isZero();
    assertThat(server.bodies())
        .containsExactly(
            "{\"since\":\"-24h\",\"until\":\"yesterday\"}",
            "{\"since\":\"-1h30m\",\"caller\":\"anna\"}");
  }

  @Test
  void aRefusedInputIsToldInTheServicesWords() {
    server.answers(
        "POST /admin/v1/changes",
        "admin:write",
        400,
        new ErrorMessage("bad_input", "since: 'soon' can't be used; a time such as -24h"));

    Ran ran = run("changes", "--since", "soon");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertOneLine(ran, "since: 'soon' can't be used; a time such as -24h");
  }

  @Test
  void nothingIsAppliedWithoutAReason() {
    server.answers("POST /admin/v1/prune", "admin:write", 200, report(Verdict.CLEAN));

    assertOneLine(run("prune", "--apply"), "--apply needs --reason TEXT");
    assertOneLine(run("prune", "--apply", "--reason", " "), "--apply needs --reason TEXT");
    assertThat(server.calls()).isEmpty();
    assertThat(run("prune", "--apply", "--reason", "disk").exitCode()).isZero();
    assertThat(server.bodies()).containsExactly("{\"apply\":\"true\",\"reason\":\"disk\"}");
  }

  @Test
  void notificationsAreListedAndReplayedWhereItIsSaidWhich() {
    server.answers("POST /admin/v1/notifications", "admin:write", 200, report(Verdict.FOUND));
    server.answers(
        "POST /admin/v1/notifications-replay", "admin:write", 200, report(Verdict.CLEAN));

    assertThat(run("notifications", "--state", "waiting", "--target", "crm").exitCode())
        .isEqualTo(1);
    assertOneLine(run("notifications", "replay"), "needs --target, --account or --notice");
    assertOneLine(
        run("notifications", "--apply", "--reason", "x"), "--apply goes with notifications replay");
    assertThat(
            run("notifications", "replay", "--target", "crm", "--apply", "--reason", "back")
                .exitCode())
        .isZero();
    assertThat(server.bodies())
        .containsExactly(
            "{\"target\":\"crm\",\"state\":\"waiting\"}",
            "{\"target\":\"crm\",\"apply\":\"true\",\"reason\":\"back\"}");
  }

  @Test
  void sourcesAreListedUnlessSomethingElseIsAskedFor() {
    server.answers("POST /admin/v1/sources", "admin:write", 200, report(Verdict.CLEAN));

    assertThat(run("sources").exitCode()).isZero();
    assertThat(run("sources", "list").exitCode()).isZero();
    assertThat(run("sources", "list", "--apply", "--reason", "r").exitCode()).isEqualTo(2);
    assertThat(server.bodies()).containsExactly("{}", "{}");
  }

  @Test
  void aSourceIsAddedChangedAndDisabledByItsFieldsAndDryUnlessToldToApply() {
    server.answers("POST /admin/v1/sources", "admin:write", 200, report(Verdict.FOUND));

    run("sources", "add", "jp", "base_url=https://jp.example?a=b", "env=7");
    run("sources", "change", "jp", "server_name=", "enabled=true", "--apply", "--reason", "r");
    run("sources", "disable", "jp");

    assertThat(server.bodies())
        .containsExactly(
            "{\"action\":\"add\",\"source_id\":\"jp\",\"base_url\":\"https://jp.example?a=b\","
                + "\"env\":\"7\"}",
            "{\"action\":\"change\",\"source_id\":\"jp\",\"server_name\":\"\","
                + "\"enabled\":\"true\",\"apply\":\"true\",\"reason\":\"r\"}",
            "{\"action\":\"disable\",\"source_id\":\"jp\"}");
  }

  @Test
  void sourcesWithoutAnIdOrWithAnUnknownActionIsAMisuse() {
    assertOneLine(run("sources", "add"), "sources add needs the source's id");
    assertThat(run("sources", "remove", "jp").exitCode()).isEqualTo(2);
    assertThat(server.calls()).isEmpty();
  }

  /** The events of a report, as the service sends them. */
  private static String report(Verdict verdict) {
    StringWriter events = new StringWriter();
    Report report = Format.EVENTS.to(events, "");
    report.section("rows", "name", "n");
    report.row("jp", 100);
    report.end(Map.of("snapshots", 5), verdict);
    return events.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "status, status, BILLING_TOKEN",
    "collect, jobs, BILLING_TOKEN",
    "prune, admin:read, BILLING_ADMIN_TOKEN",
    "prune --apply --reason r, admin:write, BILLING_ADMIN_TOKEN",
    "changes, admin:read, BILLING_ADMIN_TOKEN",
  })
  void aRefusalNamesTheRightThatIsMissing(String verb, String right, String variable) {
    server
        .answers("GET /v1/status", right, 200, "")
        .answers("POST /v1/jobs/collect-and-rate", right, 200, "")
        .answers("POST /admin/v1/prune", right, 200, "")
        .answers("POST /admin/v1/changes", right, 200, "");

    environment.remove(variable);
    Ran without = run(verb.split(" "));
    environment.put(variable, "stranger-4714");
    Ran unknown = run(verb.split(" "));
    environment.put(
        variable, right.equals("jobs") ? ContractServer.STATUS_TOKEN : ContractServer.JOBS_TOKEN);
    Ran lacking = run(verb.split(" "));

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
  @ValueSource(strings = {"status", "collect", "reconcile", "ready", "prune", "sources", "changes"})
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
    try (ServerSocket plain = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answerPlainly(plain), "plain");
      answering.setDaemon(true);
      answering.start();

      Ran ran = run("status", "--url", "https://127.0.0.1:" + plain.getLocalPort());

      assertThat(ran.exitCode()).isEqualTo(2);
      assertOneLine(ran, "no TLS connection to https://127.0.0.1:");
    }
  }

  /** As many servers do when TLS comes where they await HTTP; until the socket is closed. */
  private static void answerPlainly(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        // Some machines look who listens: one that says nothing must not keep the next waiting.
        socket.setSoTimeout(1_000);
        socket.getInputStream().read();
        socket
            .getOutputStream()
            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        // Closing with something unread would be a reset, which may overtake the answer.
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // That caller is served or gone; the next one comes.
      }
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
