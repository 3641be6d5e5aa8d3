package plus.svc.billing.pipeline.source.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.platform.Micros;

/** Both decoders on bytes that somebody made up: they refuse or decode, and nothing else. */
class DecoderFuzz {

  /** Small, so that the fuzzer's short inputs reach them. */
  private static final DecoderLimits LIMITS = new DecoderLimits(3_000, 6, 8, 20, 120, 8);

  private final WindowDecoder windows = new WindowDecoder(LIMITS);
  private final PushDecoder pushes = new PushDecoder(LIMITS);

  @FuzzTest
  @DictionaryEntries({
    "\"collected_at\":",
    "\"2026-04-08T10:00:00Z\"",
    "\"node_id\":",
    "\"env\":",
    "\"samples\":",
    "\"uuid\":",
    "\"00000000-0000-4000-8000-00000000000a\"",
    "\"inbound_tag\":",
    "\"uplink_bytes_total\":",
    "\"downlink_bytes_total\":",
    "9223372036854775807",
    "-1",
    "1e3",
    "\"snapshots\":",
    "\"has_more\":",
    "\"next_cursor\":",
    "\"started_at\":",
    "\"uptime_seconds\":",
    "null",
    "\\ud800",
    "\\u0000",
    "+999999999-12-31T23:59:59Z"
  })
  void decodesOrRefuses(byte[] body) throws IOException {
    try {
      WindowPage page = windows.decode(new ByteArrayInputStream(body));
      assertWithin(page.snapshots(), page.rejected());
    } catch (SourceFailure refused) {
      assertThat(refused).hasMessageStartingWith(refused.kind().text() + ": ");
    }
    try {
      PushedBody pushed = pushes.decode(new ByteArrayInputStream(body));
      List<Snapshot> placed = pushed.placed().stream().map(PushedBody.Placed::snapshot).toList();
      assertWithin(placed, pushed.rejected());
      assertThat(placed.size() + pushed.rejected().size()).isPositive();
    } catch (SourceFailure refused) {
      assertThat(refused).hasMessageStartingWith(refused.kind().text() + ": ");
    }
  }

  private static void assertWithin(List<Snapshot> snapshots, List<RejectedSnapshot> rejected) {
    assertThat(snapshots.size() + rejected.size()).isLessThanOrEqualTo(LIMITS.snapshots());
    int samples = 0;
    for (Snapshot snapshot : snapshots) {
      samples += snapshot.samples().size();
      assertStorable(snapshot.node().composed());
      assertInstant(snapshot.collectedAt());
      Instant startedAt = snapshot.startedAt();
      if (startedAt != null) {
        assertInstant(startedAt);
      }
      snapshot.samples().forEach(sample -> assertStorable(sample.series().inboundTag()));
      snapshot
          .rejected()
          .forEach(
              sample -> {
                assertShown(sample.identifier());
                assertShown(sample.inboundTag());
                assertShown(sample.uplink());
                assertShown(sample.downlink());
              });
    }
    assertThat(samples).isLessThanOrEqualTo(LIMITS.samplesPerPage());
    rejected.forEach(snapshot -> assertShown(snapshot.value()));
  }

  private static void assertInstant(Instant instant) {
    assertThat(Micros.toInstant(Micros.of(instant))).isEqualTo(instant);
  }

  private static void assertStorable(String text) {
    assertThat(text.length()).isLessThanOrEqualTo(401);
    assertThat(SentText.isStorable(text)).isTrue();
  }

  private static void assertShown(String text) {
    assertThat(text.length()).isLessThanOrEqualTo(200);
    assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
  }
}
