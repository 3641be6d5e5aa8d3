package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import plus.svc.billing.emulator.fault.Fault;
import plus.svc.billing.emulator.fault.PagingFault;
import plus.svc.billing.emulator.fault.SampleFault;
import plus.svc.billing.emulator.fault.SnapshotFault;
import plus.svc.billing.emulator.fault.When;
import plus.svc.billing.emulator.fault.WireFault;
import plus.svc.billing.emulator.fault.WireFault.Silent.Mode;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;

/** Each fault does what it says, on a real socket and over A's recorded history. */
class FaultsIT {
  private static final Instant NOW = Instant.parse("2026-04-08T12:30:00Z");
  private static final String WINDOW =
      "/v1/snapshots/window?since=2026-04-08T12:05:00Z&until=2026-04-08T12:10:00Z&limit=3";
  private static final When ALWAYS = When.always();

  private final SteppedClock clock = new SteppedClock(NOW);
  private final Http http = Http.plain();
  private final ExporterEmulator emulator = start();

  private ExporterEmulator start() {
    try {
      return ExporterEmulator.start(
              EmulatorConfig.plain(
                  NodeConfig.of(Flavour.A, "jp-node", "prod", Access.bearer(Http.TOKEN))),
              clock)
          .load(Recording.read("exporter-a.json").history());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void honestAtFirst() throws Exception {
    assertThat(stamps(page())).containsExactly("12:05:00Z", "12:06:00Z", "12:07:00Z");
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void silentWithEmptyPagesThenBackfills() throws Exception {
    with(new WireFault.Silent(until(60), Mode.EMPTY));
    assertThat(reply().body())
        .isEqualTo(
            "{\"node_id\":\"jp-node\",\"env\":\"prod\",\"snapshots\":null,\"has_more\":false}\n");
    clock.advance(Duration.ofMinutes(1));
    assertThat(stamps(page())).hasSize(3);
  }

  @Test
  void silentByDroppingConnections() throws Exception {
    with(new WireFault.Silent(until(60), Mode.DROPPED));
    assertThatThrownBy(this::reply).isInstanceOf(IOException.class);
    clock.advance(Duration.ofMinutes(1));
    assertThat(stamps(page())).hasSize(3);
  }

  @Test
  void silentByRefusingConnectionsFromTickToTick() throws Exception {
    with(new WireFault.Silent(until(60), Mode.REFUSED));
    emulator.tick();
    assertThatThrownBy(() -> Http.plain().get(emulator.baseUri(), WINDOW))
        .isInstanceOf(ConnectException.class);
    clock.advance(Duration.ofMinutes(1));
    emulator.tick();
    assertThat(stamps(page())).hasSize(3);
  }

  @Test
  void aStatusForTheNextRequestsOnly() throws Exception {
    with(new WireFault.Status(When.nextRequests(2), 503, "busy"));
    assertThat(reply().statusCode()).isEqualTo(503);
    assertThat(reply().body()).isEqualTo("busy\n");
    assertThat(reply().statusCode()).isEqualTo(200);
  }

  @Test
  void aStatusNeverHitsTheHealthPath() throws Exception {
    with(new WireFault.Status(ALWAYS, 418, "no"));
    assertThat(http.get(emulator.baseUri(), "/healthz").statusCode()).isEqualTo(503);
  }

  @Test
  void aDelay() throws Exception {
    with(new WireFault.Delay(ALWAYS, Duration.ofMillis(300)));
    long start = System.nanoTime();
    assertThat(stamps(page())).hasSize(3);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void aDrip() throws Exception {
    with(new WireFault.Drip(ALWAYS, 1000, Duration.ofMillis(50)));
    long start = System.nanoTime();
    int pieces = reply().body().length() / 1000;
    assertThat(pieces).isGreaterThan(3);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50L * pieces));
  }

  @Test
  void aSlowReplyEndsWhenTheEmulatorIsClosed() throws Exception {
    with(new WireFault.Delay(ALWAYS, Duration.ofHours(1)));
    Thread closer = new Thread(emulator::close);
    Thread asker =
        new Thread(() -> assertThatThrownBy(this::reply).isInstanceOf(IOException.class));
    asker.start();
    while (emulator.requestCount() < 2) {
      Thread.onSpinWait();
    }
    closer.start();
    asker.join(60_000);
    closer.join(60_000);
    assertThat(asker.isAlive()).isFalse();
    assertThat(closer.isAlive()).isFalse();
  }

  @Test
  void aTruncatedBody() {
    with(new WireFault.Truncated(ALWAYS, 60));
    assertThatThrownBy(this::reply).isInstanceOf(IOException.class);
  }

  @Test
  void invalidJson() throws Exception {
    with(new WireFault.InvalidJson(ALWAYS));
    String body = reply().body();
    assertThatThrownBy(() -> Recording.json(body)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void deepNesting() throws Exception {
    with(new WireFault.DeepNesting(ALWAYS, 5000));
    assertThat(reply().body())
        .isEqualTo("{\"snapshots\":" + "[".repeat(5000) + "]".repeat(5000) + "}");
  }

  @Test
  void aPageForPeople() throws Exception {
    with(new WireFault.Html(ALWAYS));
    assertThat(reply().statusCode()).isEqualTo(200);
    assertThat(reply().headers().firstValue("Content-Type")).contains("text/html");
  }

  @Test
  void aGzipBomb() throws Exception {
    with(new WireFault.GzipBomb(ALWAYS, 20_000_000));
    HttpResponse<byte[]> reply = http.bytes(emulator.baseUri(), WINDOW);
    assertThat(reply.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(reply.body().length).isLessThan(100_000);
    try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(reply.body()))) {
      assertThat(unpacked.readAllBytes()).hasSize(20_000_000);
    }
  }

  @Test
  void aRedirect() throws Exception {
    with(new WireFault.Redirect(ALWAYS, 307, "http://127.0.0.1:9/elsewhere"));
    assertThat(reply().statusCode()).isEqualTo(307);
    assertThat(reply().headers().firstValue("Location")).contains("http://127.0.0.1:9/elsewhere");
  }

  @Test
  void aCursorThatRepeats() throws Exception {
    with(new PagingFault.RepeatedCursor(ALWAYS));
    assertThat(page().get("next_cursor").asText()).isEqualTo("2026-04-08T12:07:00Z");
    JsonNode second = page(WINDOW + "&cursor=2026-04-08T12:07:00Z");
    assertThat(second.get("has_more").asBoolean()).isTrue();
    assertThat(second.get("next_cursor").asText()).isEqualTo("2026-04-08T12:07:00Z");
  }

  @Test
  void aCursorThatRunsBackwards() throws Exception {
    with(new PagingFault.BackwardCursor(ALWAYS));
    assertThat(page().get("next_cursor").asText()).isEqualTo("2026-04-08T11:05:00Z");
  }

  @Test
  void moreWithoutACursor() throws Exception {
    with(new PagingFault.MissingCursor(ALWAYS));
    assertThat(page().get("has_more").asBoolean()).isTrue();
    assertThat(page().has("next_cursor")).isFalse();
  }

  @Test
  void moreAfterAnEmptyPage() throws Exception {
    with(new PagingFault.EmptyButMore(ALWAYS));
    assertThat(page().get("snapshots")).isEmpty();
    assertThat(page().get("has_more").asBoolean()).isTrue();
  }

  @Test
  void endlessPagesThatAlwaysMoveOn() throws Exception {
    with(new PagingFault.EndlessPages(ALWAYS));
    String cursor = "2026-04-08T12:10:00Z";
    for (int i = 0; i < 20; i++) {
      JsonNode page = page(WINDOW + "&cursor=" + cursor);
      assertThat(page.get("has_more").asBoolean()).isTrue();
      String next = page.get("next_cursor").asText();
      assertThat(Instant.parse(next)).isAfter(Instant.parse(cursor));
      assertThat(stamps(page)).containsExactly(next.substring(11));
      cursor = next;
    }
  }

  @Test
  void nullArrays() throws Exception {
    with(new PagingFault.NullSnapshots(ALWAYS));
    assertThat(page().get("snapshots").isNull()).isTrue();
    emulator.faults().clear();
    with(new SnapshotFault.NullSamples(ALWAYS));
    assertThat(page().get("snapshots").get(0).get("samples").isNull()).isTrue();
  }

  @Test
  void aForeignNodesSnapshot() throws Exception {
    with(new SnapshotFault.ForeignNode(ALWAYS, "other-node"));
    assertThat(page().get("node_id").asText()).isEqualTo("jp-node");
    assertThat(page().get("snapshots").get(1).get("node_id").asText()).isEqualTo("jp-node");
    assertThat(page().get("snapshots").get(2).get("node_id").asText()).isEqualTo("other-node");
  }

  @Test
  void futureAndAncientInstants() throws Exception {
    with(new SnapshotFault.WrongInstant(ALWAYS, Instant.parse("2099-01-01T00:00:00Z")));
    assertThat(page().get("snapshots").get(2).get("collected_at").asText())
        .isEqualTo("2099-01-01T00:00:00Z");
  }

  @Test
  void snapshotsOutsideTheWindow() throws Exception {
    with(new SnapshotFault.OutsideWindow(ALWAYS));
    assertThat(stamps(page()))
        .containsExactly("11:05:00Z", "12:05:00Z", "12:06:00Z", "12:07:00Z", "13:10:00Z");
  }

  @Test
  void aMinuteRewrittenWithLargerTotals() throws Exception {
    JsonNode honest = page();
    with(
        new SnapshotFault.RewrittenMinute(
            Instant.parse("2026-04-08T12:06:00Z"), NOW.plusSeconds(60)));
    JsonNode early = page();
    assertThat(early.get("snapshots").get(1).get("samples"))
        .isEqualTo(honest.get("snapshots").get(0).get("samples"));
    assertThat(early.get("snapshots").get(2)).isEqualTo(honest.get("snapshots").get(2));
    clock.advance(Duration.ofMinutes(1));
    assertThat(page()).isEqualTo(honest);
  }

  @Test
  void totalsThatAreNoCounters() throws Exception {
    for (String literal : List.of("1.5", "1e3", "9223372036854775808", "-1", "\"12\"", "null")) {
      emulator.faults().clear();
      with(new SampleFault.OddTotal(ALWAYS, literal));
      assertThat(reply().body())
          .contains("\"inbound_tag\":\"tcp\",\"uplink_bytes_total\":" + literal + ",");
    }
  }

  @Test
  void identifiersThatAreNoUuidsOrSpeltInCapitals() throws Exception {
    with(new SampleFault.OddIdentifier(ALWAYS, "someone@example.com"));
    assertThat(firstSample().get("uuid").asText()).isEqualTo("someone@example.com");
    emulator.faults().clear();
    emulator
        .faults()
        .add(new SampleFault.OddIdentifier(ALWAYS, "abcdef00-0000-4000-8000-000000000001"))
        .add(new SampleFault.MixedCase(ALWAYS));
    assertThat(firstSample().get("uuid").asText())
        .isEqualTo("ABCDEF00-0000-4000-8000-000000000001");
  }

  @Test
  void aHugeString() throws Exception {
    with(new SampleFault.HugeString(ALWAYS, 1_000_000));
    assertThat(firstSample().get("email").asText()).hasSize(1_000_000);
  }

  @Test
  void duplicateSamples() throws Exception {
    int honest = page().get("snapshots").get(0).get("samples").size();
    with(new SampleFault.DuplicateSamples(ALWAYS));
    JsonNode samples = page().get("snapshots").get(0).get("samples");
    assertThat(samples).hasSize(honest + 1);
    assertThat(samples.get(1)).isEqualTo(samples.get(0));
  }

  @Test
  void anyMethodIsAnswered() throws Exception {
    for (String method : List.of("POST", "DELETE", "PUT")) {
      assertThat(http.send(method, emulator.baseUri(), WINDOW, Http.WITH_TOKEN).statusCode())
          .isEqualTo(200);
    }
    assertThat(http.send("HEAD", emulator.baseUri(), WINDOW, Http.WITH_TOKEN).body()).isEmpty();
  }

  @Test
  void aPathPrefixIsPartOfTheBaseUri() throws Exception {
    NodeConfig config =
        NodeConfig.of(Flavour.A, "jp-node", "prod", Access.open())
            .withPathPrefix("/xray-exporter/xhttp");
    try (ExporterEmulator prefixed = ExporterEmulator.start(EmulatorConfig.plain(config), clock)) {
      assertThat(prefixed.baseUri().getPath()).isEqualTo("/xray-exporter/xhttp");
      assertThat(http.get(prefixed.baseUri(), WINDOW).statusCode()).isEqualTo(200);
      assertThat(http.get(prefixed.baseUri().resolve("/"), WINDOW.substring(1)).statusCode())
          .isEqualTo(404);
      assertThat(prefixed.recentRequests()).singleElement().hasToString("Request[" + WINDOW + "]");
    }
  }

  private void with(Fault fault) {
    emulator.faults().add(fault);
  }

  private static When until(long seconds) {
    return When.between(NOW, NOW.plusSeconds(seconds));
  }

  private HttpResponse<String> reply() throws IOException, InterruptedException {
    return http.get(emulator.baseUri(), WINDOW);
  }

  private JsonNode page() throws IOException, InterruptedException {
    return page(WINDOW);
  }

  private JsonNode page(String target) throws IOException, InterruptedException {
    return Recording.json(http.get(emulator.baseUri(), target).body());
  }

  private JsonNode firstSample() throws IOException, InterruptedException {
    return page().get("snapshots").get(0).get("samples").get(0);
  }

  private static List<String> stamps(JsonNode page) {
    List<String> stamps = new ArrayList<>();
    page.get("snapshots").forEach(s -> stamps.add(s.get("collected_at").asText().substring(11)));
    return stamps;
  }
}
