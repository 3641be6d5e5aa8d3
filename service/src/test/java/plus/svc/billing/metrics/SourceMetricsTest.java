package plus.svc.billing.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;

class SourceMetricsTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final SourceMetrics metrics = new SourceMetrics(registry, 10);

  @Test
  void samplesAreToldByWhatBecameOfThemAndThoseSetAsideByReason() {
    take(receipt(12, 4, Map.of("JUMP", 2, "NEGATIVE_TOTAL", 1)));
    take(receipt(3, 0, Map.of("JUMP", 5)));
    assertThat(counted("billing_source_samples", "outcome"))
        .isEqualTo(Map.of("accepted", 11.0, "late", 4.0, "repeated", 0.0, "set_aside", 8.0));
    assertThat(counted("billing_source_samples_set_aside", "reason"))
        .containsEntry("JUMP", 7.0)
        .containsEntry("NEGATIVE_TOTAL", 1.0)
        .containsEntry("EVIDENCE_PRUNED", 0.0);
  }

  /** So that the first sample of each reason is seen as an increase, and no other label comes. */
  @Test
  void everyReasonBeginsAtZero() {
    take(Receipt.NOTHING);
    assertThat(counted("billing_source_samples_set_aside", "reason"))
        .containsOnlyKeys(SetAsides.REASONS)
        .allSatisfy((reason, count) -> assertThat(count).isZero());
  }

  private void take(Receipt receipt) {
    NodePolicy policy = new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1);
    Progress progress = new Progress(null, null, Instant.EPOCH);
    Delivery page = new Delivery(new SourceId("jp"), policy, 0, List.of(), progress);
    assertThat(metrics.counting(delivery -> receipt).apply(page)).isSameAs(receipt);
  }

  private static Receipt receipt(int samples, int late, Map<String, Integer> setAsides) {
    return new Receipt(
        1, 0, 0, 0, samples, late, new SetAsides(setAsides), 0, 0, 0, 0L, BigDecimal.ZERO, 0);
  }

  private Map<String, Double> counted(String name, String label) {
    Map<String, Double> counted = new TreeMap<>();
    registry.scrape(name::equals).stream()
        .flatMap(family -> ((CounterSnapshot) family).getDataPoints().stream())
        .forEach(point -> counted.put(point.getLabels().get(label), point.getValue()));
    return counted;
  }
}
