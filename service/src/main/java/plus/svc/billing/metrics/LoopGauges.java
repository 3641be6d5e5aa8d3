package plus.svc.billing.metrics;

import com.codahale.metrics.health.HealthCheckRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import plus.svc.billing.platform.PeriodicLoop;

/** How the loops fare: each one that is registered as a health check. */
final class LoopGauges implements MultiCollector {

  private static final double MILLIS = 1e3;

  private final HealthCheckRegistry checks;

  LoopGauges(HealthCheckRegistry checks) {
    this.checks = checks;
  }

  @Override
  public MetricSnapshots collect() {
    Gauges gauges =
        new Gauges()
            .named(
                "billing_loop_last_success_timestamp_seconds",
                "When a loop last got through a turn, or began.")
            .named("billing_loop_interval_seconds", "The pause between two turns of a loop.");
    for (String name : checks.getNames()) {
      if (checks.getHealthCheck(name) instanceof PeriodicLoop loop) {
        gauges.set(
            "billing_loop_last_success_timestamp_seconds",
            loop.lastGood().toEpochMilli() / MILLIS,
            "loop",
            name);
        gauges.set("billing_loop_interval_seconds", loop.pause().toMillis() / MILLIS, "loop", name);
      }
    }
    return gauges.snapshots();
  }
}
