package plus.svc.billing.pipeline.source.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.pipeline.source.page.Pages.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;

/** What the real exporters sent, decoded, beside a plain reading of the same bytes. */
final class RecordingsTest {

  static Stream<Recording> pages() {
    return Recording.pages();
  }

  @Test
  void theRecordingsHoldPagesOfBothExporters() {
    assertThat(Recording.pages().filter(r -> r.name().equals("exporter-a"))).hasSize(7);
    assertThat(Recording.pages().filter(r -> r.name().equals("exporter-b"))).hasSize(8);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aRecordedPageIsReadToTheLastByte(Recording recording) throws Exception {
    WindowPage page = decode(recording.body());
    JsonNode tree = recording.tree();

    assertThat(page.nodeId()).isEqualTo(tree.path("node_id").asText());
    assertThat(page.env()).isEqualTo(tree.path("env").asText());
    assertThat(page.hasMore()).isEqualTo(tree.path("has_more").asBoolean());
    assertThat(page.nextCursor())
        .isEqualTo(tree.has("next_cursor") ? tree.path("next_cursor").asText() : null);
    assertThat(page.rejected()).isEmpty();
    assertThat(page.snapshots()).hasSameSizeAs(tree.path("snapshots"));
    for (int i = 0; i < page.snapshots().size(); i++) {
      assertSame(page.snapshots().get(i), tree.path("snapshots").get(i));
    }
  }

  @Test
  void theByteSumsOfBothExportersAreThoseOfThePlainReading() throws Exception {
    long decoded = 0;
    int samples = 0;
    for (Recording recording : Recording.pages().toList()) {
      for (Snapshot snapshot : decode(recording.body()).snapshots()) {
        decoded += snapshot.samples().stream().mapToLong(RecordingsTest::bytes).sum();
        samples += snapshot.samples().size();
      }
    }
    List<JsonNode> plain =
        Recording.pages()
            .flatMap(r -> r.tree().findValues("samples").stream())
            .flatMap(array -> Stream.iterate(0, i -> i < array.size(), i -> i + 1).map(array::get))
            .toList();
    assertThat(samples).isEqualTo(plain.size()).isGreaterThan(300);
    assertThat(decoded)
        .isEqualTo(
            plain.stream()
                .mapToLong(
                    s ->
                        s.path("uplink_bytes_total").asLong()
                            + s.path("downlink_bytes_total").asLong())
                .sum());
  }

  @Test
  void theLatestSnapshotIsNoWindow() {
    Recording latest =
        Recording.all()
            .filter(r -> r.status() == 200 && r.request().contains("/latest"))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> decode(latest.body()))
        .isInstanceOf(SourceFailure.class)
        .hasMessageContaining("not the window");
  }

  private static void assertSame(Snapshot snapshot, JsonNode tree) {
    assertThat(snapshot.node().node()).isEqualTo(tree.path("node_id").asText());
    assertThat(snapshot.node().env()).isEqualTo(tree.path("env").asText());
    assertThat(snapshot.collectedAt())
        .isEqualTo(
            OffsetDateTime.parse(tree.path("collected_at").asText())
                .toInstant()
                .truncatedTo(ChronoUnit.MICROS));
    assertThat(snapshot.startedAt()).isNull();
    assertThat(snapshot.rejected()).isEmpty();
    TreeMap<String, String> expected = new TreeMap<>();
    for (JsonNode sample : tree.path("samples")) {
      expected.put(
          sample.path("uuid").asText() + " " + sample.path("inbound_tag").asText(),
          sample.path("uplink_bytes_total").asText()
              + " "
              + sample.path("downlink_bytes_total").asText());
    }
    assertThat(snapshot.samples())
        .extracting(
            s ->
                s.series().identifier()
                    + " "
                    + s.series().inboundTag()
                    + "="
                    + s.uplinkBytes()
                    + " "
                    + s.downlinkBytes())
        .containsExactlyElementsOf(
            expected.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  private static long bytes(Sample sample) {
    return sample.uplinkBytes() + sample.downlinkBytes();
  }
}
