package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.Sources;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.http.ScriptedServer;
import plus.svc.billing.pipeline.source.http.ScriptedServer.Script;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.testing.Database;

/**
 * Whatever a server on a real socket answers, it ends in a clear error of that source alone, while
 * a healthy one beside it is read to its end.
 */
@Timeout(120)
final class HostileRepliesIT {

  private static final String TOKEN = "not-to-be-repeated";
  private static final Instant NOW = Instant.parse("2026-04-08T12:10:30Z");
  private static final String AT = "2026-04-08T12:08:45Z";
  private static final String GOOD = page(snapshot(AT), false, "");

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final ExporterClient client =
      new ExporterClient(
          new WindowDecoder(new DecoderLimits(1_000_000, 100, 200, 1_000, 500, 8)),
          new SecretRefs(Map.of("TOKEN", TOKEN)));

  @AfterEach
  void close() {
    client.close();
  }

  /** Name, what the server does, how the error begins, how many snapshots are still good. */
  static Stream<Arguments> replies() {
    return Stream.of(
        of("an HTML page with 200", reply("200 OK", "text/html", "<html>"), "not_json", 0),
        of("an empty body", body(""), "truncated", 0),
        of("half a page", body(GOOD.substring(0, GOOD.length() / 2)), "truncated", 0),
        of("no JSON", body("snapshots: none"), "malformed", 0),
        of("a string that is no UTF-8", bytes(0x22, 0xC3, 0x28, 0x22), "malformed", 0),
        of("an array", body("[]"), "malformed", 0),
        of("null", body("null"), "malformed", 0),
        of("two pages", body(GOOD + GOOD), "malformed", 0),
        of("another object", body("{\"status\":\"ok\"}"), "malformed", 0),
        of("snapshots that are no array", body("{\"snapshots\":{}}"), "malformed", 0),
        of("a gzip bomb", gzip("{\"snapshots\":[" + " ".repeat(20_000_000)), "too_large", 0),
        of("a gzip that is none", gzipHeader(GOOD), "malformed", 0),
        of("another encoding", encoded("br"), "malformed", 0),
        of("deep nesting", body("{\"x\":" + "[".repeat(10_000)), "too_large", 0),
        of("too many snapshots", body(page(many(101), false, "")), "too_large", 0),
        of("too many samples", body(page(samples(201), false, "")), "too_large", 0),
        of("a long text", body(page(snapshot("x".repeat(501)), false, "")), "too_large", 0),
        of("a long number", body("{\"has_more\":" + "9".repeat(2_000) + "}"), "too_large", 0),
        of("a long key", body("{\"" + "k".repeat(2_000) + "\":1}"), "too_large", 0),
        of("a body without an end", HostileRepliesIT::endless, "too_large", 0),
        of("a slow drip", HostileRepliesIT::drip, "timeout", 0),
        of("silence", (head, out) -> {}, "timeout", 0),
        of("a closed connection", (head, out) -> out.close(), "unreachable", 0),
        of("no HTTP", (head, out) -> out.write("SSH-2.0-x\r\n\r\n".getBytes(UTF)), "timeout", 0),
        of("a redirect", reply("302 Found", "text/plain", ""), "redirect", 0),
        of("a revoked token", reply("401 Unauthorized", "text/plain", TOKEN), "unauthorized", 0),
        of("a future instant", body(page(snapshot("2999-01-01T00:00:00Z"), false, "")), OUT, 0),
        of("an ancient instant", body(page(snapshot("0001-01-01T00:00:00Z"), false, "")), OUT, 0),
        of(
            "a future one among good ones",
            body(page(twoAt("2999-01-01T00:00:00Z"), false, "")),
            OUT,
            1),
        of("no instant", body(page(snapshot("yesterday"), false, "")), "bad_snapshot", 0),
        of(
            "samples that are no array",
            body(GOOD.replace("[{\"uuid", "{\"x\":[{\"uuid").replace("}]}", "}]}}")),
            "bad_snapshot",
            0),
        of("a foreign node", body(GOOD.replace("\"jp\"", "\"us\"")), "wrong_node", 0),
        of("a foreign environment", body(GOOD.replace("\"prod\"", "\"uat\"")), "wrong_node", 0),
        of("more without a cursor", body(page(snapshot(AT), true, "")), "cursor", 0),
        of("more after nothing", body(page("", true, "c1")), "cursor", 0),
        of("a cursor that repeats", body(page(snapshot(AT), true, AT)), "cursor", 1),
        of("a cursor that runs back", backwards(), "cursor", 1),
        of("new cursors, old snapshots", counting(n -> snapshot(AT)), "cursor", 1),
        of("pages without an end", counting(HostileRepliesIT::nth), "cursor", 32));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("replies")
  void endsInAClearErrorOfThatSourceAlone(String name, Script script, String error, int good)
      throws Exception {
    try (ScriptedServer hostile = ScriptedServer.plain(script);
        ScriptedServer healthy = ScriptedServer.plain(body(page(twoAt(AT), false, "")))) {
      String id = UUID.randomUUID().toString();
      Sources bad =
          Sources.at(hostile.uri())
              .named("bad " + id)
              .of("prod", "jp")
              .bearer("env:TOKEN")
              .within(Duration.ofMillis(error.equals("timeout") ? 400 : 20_000));
      Sources well = Sources.at(healthy.uri()).named("well " + id);
      RecordingSink sink = new RecordingSink(jdbi, NOW);

      List<SourceOutcome> outcomes = collect(sink, bad.spec(), well.spec());

      SourceProgress row = progress("bad " + id);
      assertThat(row.lastError())
          .startsWith(error + ": ")
          .isEqualTo(outcomes.get(0).error())
          .doesNotContain(TOKEN)
          .hasSizeLessThan(300);
      assertThat(row.lastSucceededAt() == null).as("nothing claimed").isEqualTo(good == 0);
      assertThat(row.lastCompletedUntil() == null).as("no watermark").isEqualTo(good == 0);
      assertThat(taken(sink, "bad " + id)).as("snapshots written").isEqualTo(good);

      assertThat(outcomes.get(1).ending()).isEqualTo(Ending.READ);
      assertThat(progress("well " + id).lastError()).isEmpty();
      assertThat(taken(sink, "well " + id)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void whatIsOnlyOddIsNoError(String name, String body, int good) throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(body(body))) {
      String id = UUID.randomUUID().toString();
      RecordingSink sink = new RecordingSink(jdbi, NOW);
      collect(sink, Sources.at(server.uri()).named(id).of("prod", "jp").spec());
      assertThat(progress(id).lastError()).isEmpty();
      assertThat(taken(sink, id)).isEqualTo(good);
    }
  }

  static Stream<Arguments> harmless() {
    return Stream.of(
        Arguments.of("null snapshots", "{\"snapshots\":null,\"has_more\":false}", 0),
        Arguments.of("null samples", GOOD.replaceAll("\\[\\{\"uuid.*?}]", "null"), 1),
        Arguments.of("a fraction", GOOD.replace(":1,", ":1.5,"), 1),
        Arguments.of("beyond 64 bits", GOOD.replace(":1,", ":9223372036854775808,"), 1),
        Arguments.of("unknown keys", GOOD.replaceFirst("\\{", "{\"x\":{\"y\":[1]},"), 1));
  }

  private List<SourceOutcome> collect(RecordingSink sink, SourceSpec... sources)
      throws InterruptedException {
    CollectorPlan plan =
        new CollectorPlan(
            "me", 2, 120, Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofSeconds(20));
    Collector collector =
        new Collector(List.of(sources), plan, jdbi, client, sink, InstantSource.fixed(NOW));
    try {
      return collector.collectNow().join().outcomes();
    } finally {
      collector.stop();
    }
  }

  private SourceProgress progress(String source) {
    return jdbi.onDemand(SourceProgressDao.class).find(source).orElseThrow();
  }

  private static int taken(RecordingSink sink, String source) {
    return sink.deliveries().stream()
        .filter(delivery -> delivery.source().value().equals(source))
        .mapToInt(delivery -> delivery.snapshots().size())
        .sum();
  }

  private static final String OUT = "outside_window";
  private static final Charset UTF = StandardCharsets.UTF_8;

  private static Arguments of(String name, Script script, String error, int good) {
    return Arguments.of(name, script, error, good);
  }

  private static String page(String snapshots, boolean more, String cursor) {
    String next = cursor.isEmpty() ? "" : ",\"next_cursor\":\"" + cursor + "\"";
    return "{\"snapshots\":[" + snapshots + "],\"has_more\":" + more + next + "}";
  }

  private static String snapshot(String at) {
    return snapshot(at, 1);
  }

  private static String snapshot(String at, int samples) {
    String list =
        IntStream.range(0, samples)
            .mapToObj(
                i ->
                    String.format(Locale.ROOT, "{\"uuid\":\"00000000-0000-4000-8000-%012d\",", i)
                        + "\"inbound_tag\":\"t\",\"uplink_bytes_total\":1,"
                        + "\"downlink_bytes_total\":1}")
            .collect(Collectors.joining(","));
    return "{\"collected_at\":\""
        + at
        + "\",\"node_id\":\"jp\",\"env\":\"prod\",\"samples\":["
        + list
        + "]}";
  }

  private static String samples(int count) {
    return snapshot(AT, count);
  }

  private static String twoAt(String second) {
    return snapshot("2026-04-08T12:08:40Z") + "," + snapshot(second);
  }

  private static String many(int count) {
    return IntStream.range(0, count).mapToObj(i -> nth(i)).collect(Collectors.joining(","));
  }

  /** A millisecond after the one before. */
  private static String nth(int n) {
    return snapshot(Instant.parse("2026-04-08T12:08:40Z").plusMillis(n).toString());
  }

  private static Script reply(String status, String type, String body) {
    return (head, out) -> ScriptedServer.respond(out, status, type, body);
  }

  private static Script body(String body) {
    return ScriptedServer.json(body);
  }

  private static Script bytes(int... bytes) {
    byte[] body = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      body[i] = (byte) bytes[i];
    }
    return (head, out) ->
        ScriptedServer.respond(out, "200 OK", "Content-Type: application/json\r\n", body);
  }

  private static Script encoded(String encoding) {
    return (head, out) ->
        ScriptedServer.respond(
            out,
            "200 OK",
            "Content-Type: application/json\r\nContent-Encoding: " + encoding + "\r\n",
            GOOD.getBytes(UTF));
  }

  private static Script gzipHeader(String body) {
    return (head, out) ->
        ScriptedServer.respond(
            out,
            "200 OK",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            body.getBytes(UTF));
  }

  private static Script gzip(String body) {
    byte[] zipped = zipped(body);
    return (head, out) ->
        ScriptedServer.respond(
            out, "200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", zipped);
  }

  private static byte[] zipped(String body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body.getBytes(UTF));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A page with fresh cursors for ever. */
  private static Script counting(IntFunction<String> snapshots) {
    AtomicInteger asked = new AtomicInteger();
    return (head, out) -> {
      int n = asked.getAndIncrement();
      ScriptedServer.respond(
          out, "200 OK", "application/json", page(snapshots.apply(n), true, "c" + n));
    };
  }

  private static Script backwards() {
    AtomicInteger asked = new AtomicInteger();
    return (head, out) -> {
      int n = asked.getAndIncrement();
      String cursor = Instant.parse(AT).minusSeconds(n).toString();
      ScriptedServer.respond(out, "200 OK", "application/json", page(nth(n), true, cursor));
    };
  }

  private static void endless(String head, OutputStream out) throws IOException {
    ScriptedServer.head(
        out, "200 OK", "Content-Type: application/json\r\nContent-Length: 9000000000\r\n");
    out.write("{\"snapshots\":[".getBytes(UTF));
    byte[] blanks = " ".repeat(8_192).getBytes(UTF);
    while (true) {
      out.write(blanks);
    }
  }

  private static void drip(String head, OutputStream out) throws IOException, InterruptedException {
    ScriptedServer.head(
        out, "200 OK", "Content-Type: application/json\r\nContent-Length: 100000\r\n");
    CountDownLatch pace = new CountDownLatch(1);
    while (true) {
      out.write(' ');
      out.flush();
      pace.await(20, TimeUnit.MILLISECONDS);
    }
  }
}
