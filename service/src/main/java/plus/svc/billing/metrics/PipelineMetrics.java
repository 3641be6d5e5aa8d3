package plus.svc.billing.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.ledger.AccountChange;
import plus.svc.billing.pipeline.ledger.EntryKind;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.platform.trace.Trace;

/** How long the stages take, how big their batches are, and what was posted. */
final class PipelineMetrics implements PipelineWatch {

  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };
  private static final double NANOS = 1e9;

  private final Map<Stage, DistributionDataPoint> durations = new EnumMap<>(Stage.class);
  private final Histogram pages;
  private final Histogram samples;
  private final Counter rows;
  private final Counter money;
  private final CounterDataPoint arrearsBegan;
  private final CounterDataPoint arrearsEnded;

  PipelineMetrics(PrometheusRegistry registry) {
    Histogram stages =
        Histogram.builder()
            .name("billing_stage_duration_seconds")
            .help("How long a stage took, by stage.")
            .labelNames("stage")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    for (Stage stage : Stage.values()) {
      durations.put(stage, stages.labelValues(stage.text()));
    }
    pages =
        Histogram.builder()
            .name("billing_transaction_pages")
            .help("Pages that shared a transaction.")
            .classicOnly()
            .classicUpperBounds(1, 2, 5, 10, 20, 50, 100)
            .register(registry);
    samples =
        Histogram.builder()
            .name("billing_transaction_samples")
            .help("Samples that shared a transaction.")
            .classicOnly()
            .classicUpperBounds(10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
            .register(registry);
    rows =
        Counter.builder()
            .name("billing_ledger_rows_total")
            .help("Ledger rows written, by entry type.")
            .labelNames("kind")
            .register(registry);
    money =
        Counter.builder()
            .name("billing_ledger_money_total")
            .help("Money posted, in the currency of the prices, by entry type and direction.")
            .labelNames("kind", "direction")
            .register(registry);
    for (EntryKind kind : EntryKind.values()) {
      rows.initLabelValues(kind.text());
      money.initLabelValues(kind.text(), "taken");
      money.initLabelValues(kind.text(), "given");
    }
    Counter arrears =
        Counter.builder()
            .name("billing_arrears_episodes_total")
            .help("Accounts that fell into arrears or came out of them, by change.")
            .labelNames("change")
            .register(registry);
    arrearsBegan = arrears.labelValues("began");
    arrearsEnded = arrears.labelValues("ended");
  }

  @Override
  public Running begin(Stage stage) {
    Trace trace = Trace.begin(stage.text());
    Trace.AutoCloseableScope scope = trace.enter();
    long began = System.nanoTime();
    return () -> {
      observe(stage, (System.nanoTime() - began) / NANOS);
      scope.close();
      trace.close();
    };
  }

  private void observe(Stage stage, double seconds) {
    DistributionDataPoint duration = durations.get(stage);
    if (duration != null) {
      duration.observe(seconds);
    }
  }

  @Override
  public void committed(List<Delivery> deliveries, LedgerTurn.Posted posted) {
    if (!deliveries.isEmpty()) {
      pages.observe(deliveries.size());
      samples.observe(deliveries.stream().mapToInt(Samples::of).sum());
    }
    posted
        .byKind()
        .forEach(
            (kind, entries) -> {
              rows.labelValues(kind.text()).inc(entries.rows());
              money.labelValues(kind.text(), "taken").inc(entries.taken().doubleValue());
              money.labelValues(kind.text(), "given").inc(entries.given().doubleValue());
            });
    for (AccountChange change : posted.changes()) {
      Boolean arrears = change.standing().arrears();
      if (arrears != null) {
        (arrears ? arrearsBegan : arrearsEnded).inc();
      }
    }
  }
}
