package plus.svc.billing;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.collector.CollectReport;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.SourceOutcome;
import plus.svc.billing.collector.SourceStanding;
import plus.svc.billing.job.CollectJob;
import plus.svc.billing.job.JobOutcome;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceProgress;

/** The collector as the jobs see it. */
final class CollectorJob implements CollectJob {

  private final Collector collector;
  private final InstantSource clock;

  CollectorJob(Collector collector, InstantSource clock) {
    this.collector = collector;
    this.clock = clock;
  }

  @Override
  public JobOutcome collectAll() {
    return outcome(collector.collectNow().join());
  }

  @Override
  public JobOutcome reconcile(ReconcileRequest request) {
    return outcome(collector.reconcile(request.lookBack()).join());
  }

  private static JobOutcome outcome(CollectReport report) {
    Receipt total = report.total();
    return new JobOutcome(
        report.outcomes().stream().map(CollectorJob::part).toList(),
        total.samples(),
        total.buckets(),
        total.correctedBuckets(),
        total.setAside());
  }

  private static JobOutcome.Source part(SourceOutcome outcome) {
    return new JobOutcome.Source(outcome.source().value(), outcome.error());
  }

  @Override
  public List<SourceStatus> sources() {
    return collector.standings().stream().map(this::status).toList();
  }

  private SourceStatus status(SourceStanding standing) {
    SourceProgress progress = standing.progress();
    return new SourceStatus(
        standing.source().id().value(),
        standing.source().nodeId(),
        standing.source().env(),
        progress.lastCompletedUntil(),
        progress.lastAttemptedAt(),
        progress.lastSucceededAt(),
        Objects.requireNonNullElse(progress.lastError(), ""),
        Objects.requireNonNullElse(progress.lastCursor(), ""),
        standing.lag(clock.instant()).map(Duration::toSeconds).orElse(null),
        standing.consecutiveFailures(),
        standing.sinceStart().setAside());
  }
}
