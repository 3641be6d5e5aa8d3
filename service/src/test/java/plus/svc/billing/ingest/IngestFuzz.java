package plus.svc.billing.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import plus.svc.billing.api.IngestResult;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.auth.Right;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * The push call behind its HTTP: a body is refused and nothing handed on, or told piece by piece.
 */
class IngestFuzz {

  private static final Instant NOW = Instant.parse("2026-04-08T12:00:00Z");
  private static final NodeKey OURS = new NodeKey("prod", "jp");

  private final List<Delivery> handedOn = new ArrayList<>();
  private final Ingest ingest =
      new Ingest(
          this::handOn,
          new PushPolicies(
              List::of,
              new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1),
              source -> Optional.empty()),
          1,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Clock.fixed(NOW, ZoneOffset.UTC),
          new MetricRegistry());
  private final Caller bound = new Caller("jp", Set.of(Right.INGEST), Set.of(OURS));

  private Receipt handOn(Delivery delivery) {
    handedOn.add(delivery);
    int count = delivery.snapshots().size();
    return new Receipt(count, 0, 0, 0, 0, 0, SetAsides.NONE, 0, 0, 0, 0, BigDecimal.ZERO, 0);
  }

  @FuzzTest
  @DictionaryEntries({
    "\"collected_at\":",
    "\"2026-04-08T10:00:00Z\"",
    "\"node_id\":\"jp\"",
    "\"env\":\"prod\"",
    "\"samples\":[",
    "\"uuid\":",
    "\"00000000-0000-4000-8000-00000000000a\"",
    "\"inbound_tag\":",
    "\"uplink_bytes_total\":",
    "\"downlink_bytes_total\":",
    "9223372036854775807",
    "-1",
    "1.5",
    "null",
    "[",
    "},{"
  })
  void refusesOrTells(byte[] body) throws InterruptedException {
    handedOn.clear();
    IngestResult result;
    try {
      result = ingest.take(bound, new ByteArrayInputStream(body));
    } catch (PushRefused refused) {
      assertThat(handedOn).isEmpty();
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    int snapshots = handedOn.stream().mapToInt(delivery -> delivery.snapshots().size()).sum();
    assertThat(result.accepted()).isEqualTo(snapshots);
    assertThat(result.accepted() + result.rejected()).isPositive();
    assertThat(result.problems().size()).isLessThanOrEqualTo(PushReport.MOST_PROBLEMS);
    assertThat(result.status().equals("error")).isEqualTo(snapshots == 0);
    handedOn.forEach(
        delivery ->
            delivery
                .snapshots()
                .forEach(
                    snapshot -> {
                      assertThat(snapshot.node()).isEqualTo(OURS);
                      assertThat(snapshot.collectedAt()).isBefore(NOW.plusSeconds(301));
                    }));
  }
}
