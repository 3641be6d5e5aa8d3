package plus.svc.billing.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;

/** Runs of jobs. */
public final class JobMetrics {

  private static final double MILLIS = 1e3;
  private static final String[] STATUSES = {"ok", "partial", "error"};

  private final Counter runs;
  private final Gauge finished;

  JobMetrics(PrometheusRegistry registry) {
    runs =
        Counter.builder()
            .name("billing_job_runs_total")
            .help("Runs of a job that ended, by status: ok, partial, error.")
            .labelNames("kind", "status")
            .register(registry);
    finished =
        Gauge.builder()
            .name("billing_job_last_run_timestamp_seconds")
            .help("When a job last ended, by its status then.")
            .labelNames("kind", "status")
            .register(registry);
  }

  /** A job that may run. */
  public void known(String job) {
    for (String status : STATUSES) {
      runs.initLabelValues(job, status);
      finished.initLabelValues(job, status);
    }
  }

  /** A run ended. */
  public void ended(String job, String status, Instant at) {
    runs.labelValues(job, status).inc();
    finished.labelValues(job, status).set(at.toEpochMilli() / MILLIS);
  }
}
