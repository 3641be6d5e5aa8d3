package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.source.http.Asking.EMPTY_PAGE;
import static plus.svc.billing.pipeline.source.http.Asking.TOKEN;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.Sources;

@Timeout(120)
final class ExporterClientIT {

  @TempDir Path directory;

  private final Asking asking = new Asking();

  @AfterEach
  void close() {
    asking.close();
  }

  @Test
  void everyParameterIsSentAndThePrefixKept() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      asking.page(Sources.at(URI.create(server.uri() + "/xray-exporter/xhttp/")));
      assertThat(server.heads())
          .singleElement()
          .asString()
          .startsWith(
              "GET /xray-exporter/xhttp/v1/snapshots/window?since=2026-04-08T10%3A00%3A00Z"
                  + "&until=2026-04-08T10%3A10%3A00Z&limit=120 HTTP/1.1\r\n")
          .contains("\r\nAccept: application/json\r\n")
          .doesNotContain("Authorization");
    }
  }

  @Test
  void t04TheCursorIsEchoedToTheByte() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      asking.page(Sources.at(server.uri()), "2026-04-08T10:00:00.123456789Z");
      asking.page(Sources.at(server.uri()), "opaque +/&=%20ü");
      assertThat(server.heads().get(0)).contains("&cursor=2026-04-08T10%3A00%3A00.123456789Z ");
      assertThat(server.heads().get(1)).contains("&cursor=opaque%20%2B%2F%26%3D%2520%C3%BC ");
    }
  }

  @Test
  void t16TheTokenOfTheSourceGoesInTheHeader() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      asking.page(Sources.at(server.uri()).bearer("env:TOKEN"));
      assertThat(server.heads().get(0)).contains("\r\nAuthorization: Bearer " + TOKEN + "\r\n");
    }
  }

  @Test
  void aRotatedTokenIsUsedByTheNextRequest() throws Exception {
    Path token = directory.resolve("token");
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      Sources source = Sources.at(server.uri()).bearer("file:" + token);
      Files.writeString(token, "first\n");
      asking.page(source);
      Files.writeString(token, "second\n");
      asking.page(source);
      assertThat(server.heads().get(0)).contains("Authorization: Bearer first\r\n");
      assertThat(server.heads().get(1)).contains("Authorization: Bearer second\r\n");
    }
  }

  @Test
  void withoutAReadableTokenNothingIsSent() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      asking.failure(Sources.at(server.uri()).bearer("env:MISSING"), Kind.CREDENTIAL);
      Path token = Files.writeString(directory.resolve("token"), "a b\r\nX-Evil: 1");
      asking.failure(Sources.at(server.uri()).bearer("file:" + token), Kind.CREDENTIAL);
      assertThat(server.heads()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNAUTHORIZED, 401",
    "403, UNAUTHORIZED, 403",
    "404, NOT_FOUND, wrong prefix",
    "400, HTTP_STATUS, 400",
    "500, HTTP_STATUS, 500",
    "204, HTTP_STATUS, 204",
    "304, REDIRECT, 304"
  })
  void t14AnotherStatusThan200IsTold(int status, Kind kind, String said) {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) ->
                ScriptedServer.respond(
                    out,
                    status + " X",
                    "text/plain",
                    status == 204 || status == 304 ? "" : "no"))) {
      assertThat(asking.failure(Sources.at(server.uri()).bearer("env:TOKEN"), kind))
          .hasMessageContaining(said);
    }
  }

  @ParameterizedTest
  @CsvSource({"301", "302", "303", "307", "308"})
  void aRedirectIsNeverFollowed(int status) {
    try (ScriptedServer elsewhere = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE));
        ScriptedServer server =
            ScriptedServer.plain(
                (head, out) ->
                    ScriptedServer.respond(
                        out,
                        status + " Moved",
                        "Location: " + elsewhere.uri() + "/\r\n",
                        new byte[0]))) {
      asking.failure(Sources.at(server.uri()).bearer("env:TOKEN"), Kind.REDIRECT);
      assertThat(elsewhere.heads()).isEmpty();
    }
  }

  @Test
  void t07AHtmlPageIsNoPage() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) ->
                ScriptedServer.respond(out, "200 OK", "text/html", "<html>secret</html>"))) {
      assertThat(asking.failure(Sources.at(server.uri()), Kind.NOT_JSON))
          .hasMessageContaining("text/html")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void aContentTypeIsShownOnlyIfItIsOne() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> ScriptedServer.respond(out, "200 OK", "<script>" + TOKEN, EMPTY_PAGE))) {
      asking.failure(Sources.at(server.uri()), Kind.NOT_JSON);
    }
  }

  @Test
  void t07ABodyCutShortIsTold() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              ScriptedServer.head(
                  out, "200 OK", "Content-Type: application/json\r\nContent-Length: 500\r\n");
              out.write(EMPTY_PAGE.substring(0, 30).getBytes(StandardCharsets.UTF_8));
              out.close();
            })) {
      asking.failure(Sources.at(server.uri()), Kind.TRUNCATED);
    }
  }

  @Test
  void aChunkedBodyCutShortIsTold() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              ScriptedServer.head(
                  out,
                  "200 OK",
                  "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
              out.write("20\r\n{\"node_id\"".getBytes(StandardCharsets.UTF_8));
              out.close();
            })) {
      asking.failure(Sources.at(server.uri()), Kind.TRUNCATED);
    }
  }

  @Test
  void aZippedPageIsRead() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(gzip(EMPTY_PAGE.length(), EMPTY_PAGE))) {
      assertThat(asking.page(Sources.at(server.uri())).nodeId()).isEqualTo("jp");
      assertThat(server.heads().get(0)).contains("\r\nAccept-Encoding: gzip\r\n");
    }
  }

  @Test
  void aZipBombEndsAtTheLimitOfWhatComesOut() {
    String bomb = "{\"snapshots\":[" + " ".repeat(10_000_000);
    try (ScriptedServer server = ScriptedServer.plain(gzip(50_000, bomb))) {
      asking.failure(Sources.at(server.uri()), Kind.TOO_LARGE);
    }
  }

  @Test
  void aBodyThatNeverEndsIsCutAtTheLimit() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              ScriptedServer.head(
                  out,
                  "200 OK",
                  "Content-Type: application/json\r\nContent-Length: 9000000000\r\n");
              out.write("{\"snapshots\":[".getBytes(StandardCharsets.UTF_8));
              byte[] blanks = " ".repeat(8_192).getBytes(StandardCharsets.UTF_8);
              while (true) {
                out.write(blanks);
              }
            })) {
      asking.failure(Sources.at(server.uri()), Kind.TOO_LARGE);
    }
  }

  @Test
  void headersThatNeverEndAreCut() {
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
              for (int i = 0; i < 1_000; i++) {
                out.write(("X-" + i + ": y\r\n").getBytes(StandardCharsets.US_ASCII));
              }
              out.flush();
            })) {
      asking.failure(Sources.at(server.uri()), Kind.TOO_LARGE);
    }
  }

  @Test
  void aSlowDripIsCutByTheDeadline() {
    try (DrippingServer server = new DrippingServer()) {
      Sources source = Sources.at(server.uri()).within(Duration.ofMillis(500));
      assertThat(asking.failure(source, Kind.TIMEOUT)).hasMessageContaining("500 ms");
      assertThat(server.drops()).isGreaterThan(3);
    }
  }

  @Test
  void silenceIsCutByTheDeadline() {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server = ScriptedServer.plain((head, out) -> over.await())) {
      asking.failure(Sources.at(server.uri()).within(Duration.ofMillis(300)), Kind.TIMEOUT);
    } finally {
      over.countDown();
    }
  }

  @Test
  void aServerThatNeverShakesHandsIsCutByTheDeadline() {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server = ScriptedServer.plain((head, out) -> over.await())) {
      Sources source = Sources.at(server.pretending("https")).within(Duration.ofMillis(300));
      asking.failure(source, Kind.TIMEOUT);
    } finally {
      over.countDown();
    }
  }

  @Test
  void whereNothingListensIsUnreachable() {
    URI gone;
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      gone = server.uri();
    }
    asking.failure(Sources.at(gone), Kind.UNREACHABLE);
  }

  @Test
  void aConnectionClosedWithoutAnAnswerIsUnreachable() {
    try (ScriptedServer server = ScriptedServer.plain((head, out) -> out.close())) {
      asking.failure(Sources.at(server.uri()), Kind.UNREACHABLE);
    }
  }

  @Test
  void plainHttpBeyondLoopbackIsRefusedBeforeItIsSent() {
    asking.failure(Sources.at(URI.create("http://192.0.2.1:9")).bearer("env:TOKEN"), Kind.TLS);
  }

  @Test
  void oneConnectionServesManyRequests() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(ScriptedServer.json(EMPTY_PAGE))) {
      for (int i = 0; i < 5; i++) {
        asking.page(Sources.at(server.uri()));
      }
      assertThat(server.heads()).hasSize(5);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void anAbortedRequestEndsAtOnceAndLaterOnesGoOn() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              if (asked.getCount() > 0) {
                asked.countDown();
                over.await();
              }
              ScriptedServer.respond(out, "200 OK", "application/json", EMPTY_PAGE);
            })) {
      Sources source = Sources.at(server.uri()).within(Duration.ofSeconds(50));
      CompletableFuture<String> failure =
          CompletableFuture.supplyAsync(
              () -> asking.failure(source, Kind.UNREACHABLE).getMessage());
      asked.await();
      asking.client().abort(new SourceId("jp"));
      assertThat(failure.get(60, TimeUnit.SECONDS)).contains("given up");
      over.countDown();
      assertThat(asking.page(source).isEmpty()).isTrue();
    }
  }

  @Test
  void aClosedClientEndsItsRequestsAndStartsNone() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
        ScriptedServer.plain(
            (head, out) -> {
              asked.countDown();
              over.await();
            })) {
      Sources source = Sources.at(server.uri()).within(Duration.ofSeconds(50));
      CompletableFuture<String> failure =
          CompletableFuture.supplyAsync(
              () -> asking.failure(source, Kind.UNREACHABLE).getMessage());
      asked.await();
      asking.close();
      assertThat(failure.get(60, TimeUnit.SECONDS)).contains("given up");
      asking.failure(source.named("other"), Kind.UNREACHABLE);
      assertThat(server.heads()).hasSize(1);
    } finally {
      over.countDown();
    }
  }

  private static ScriptedServer.Script gzip(int atMost, String body) {
    return (head, out) -> {
      byte[] zipped = zipped(body);
      assertThat(zipped.length).isLessThan(atMost + 100);
      ScriptedServer.respond(
          out, "200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", zipped);
    };
  }

  private static byte[] zipped(String body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
