package plus.svc.billing.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import plus.svc.billing.wallet.outbox.DeliveryWatch;
import plus.svc.billing.wallet.outbox.OutboxDao.Standing;
import plus.svc.billing.wallet.outbox.Outcome;

/** How notices reach webhooks: series of the configured targets and of no others. */
public final class NoticeMetrics implements DeliveryWatch {

  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry;
  private final Counter attempts;
  private final Summary durations;

  NoticeMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    attempts =
        Counter.builder()
            .name("billing_notice_attempts_total")
            .help("Attempts to deliver a notice, by outcome: delivered, or why not.")
            .labelNames("target", "outcome")
            .register(registry);
    durations =
        Summary.builder()
            .name("billing_notice_attempt_duration_seconds")
            .help("How long attempts to deliver a notice took.")
            .labelNames("target")
            .register(registry);
  }

  /**
   * Begins the series of the targets.
   *
   * @param standings where they stand; may hold targets of former times too, which are not told
   */
  public void targets(Collection<String> names, Supplier<List<Standing>> standings) {
    Set<String> known = new TreeSet<>(names);
    for (String name : known) {
      durations.initLabelValues(name);
      for (Outcome outcome : Outcome.values()) {
        attempts.initLabelValues(name, outcome.text());
      }
    }
    registry.register(new Backlog(known, standings));
  }

  @Override
  public void attempted(String target, Outcome outcome, long nanos) {
    attempts.labelValues(target, outcome.text()).inc();
    durations.labelValues(target).observe(nanos / NANOS);
  }

  /** What waits and what died. */
  private record Backlog(Set<String> names, Supplier<List<Standing>> standings)
      implements MultiCollector {

    @Override
    public MetricSnapshots collect() {
      Gauges gauges =
          new Gauges()
              .named("billing_notices_waiting", "Notices that a target has yet to get.")
              .named(
                  "billing_notice_oldest_waiting_seconds",
                  "For how long the oldest of them waits; 0 if none does.")
              .named("billing_notices_dead", "Dead letters of a target.");
      Set<String> silent = new TreeSet<>(names);
      for (Standing standing : standings.get()) {
        if (silent.remove(standing.target())) {
          set(
              gauges,
              standing.target(),
              standing.waiting(),
              standing.oldestSeconds(),
              standing.dead());
        }
      }
      silent.forEach(target -> set(gauges, target, 0, 0, 0));
      return gauges.snapshots();
    }

    private static void set(Gauges gauges, String target, long waiting, long oldest, long dead) {
      gauges.set("billing_notices_waiting", (double) waiting, "target", target);
      gauges.set("billing_notice_oldest_waiting_seconds", (double) oldest, "target", target);
      gauges.set("billing_notices_dead", (double) dead, "target", target);
    }
  }
}
