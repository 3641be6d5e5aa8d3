package plus.svc.billing;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.SourceDetail;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.collector.CollectReport;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.SourceStanding;
import plus.svc.billing.coverage.CoverageReader;
import plus.svc.billing.job.CollectJob;
import plus.svc.billing.job.JobOutcome;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.metrics.SourceFigures;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceProgress;

/** Lets the jobs, which know no collector, collect. */
final class CollectorJob implements CollectJob {

  private final Collector collector;
  private final CoverageReader coverage;
  private final Supplier<Map<SourceId, String>> credentialAlarms;
  private final InstantSource clock;

  CollectorJob(
      Collector collector,
      CoverageReader coverage,
      Supplier<Map<SourceId, String>> credentialAlarms,
      InstantSource clock) {
    this.collector = collector;
    this.coverage = coverage;
    this.credentialAlarms = credentialAlarms;
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

  @Override
  public List<SourceStatus> sources() {
    return statuses(collector.standings(), (standing, now) -> null);
  }

  @Override
  public List<SourceStatus> sourcesInDetail() {
    List<SourceStanding> standings = collector.standings();
    CoverageReader.Known known =
        coverage.of(SourceDetails.nodes(standings), SourceDetails.end(clock.instant()));
    return statuses(standings, (standing, now) -> SourceDetails.of(standing, known, now));
  }

  /** What a scrape of the metrics tells of the sources. */
  List<SourceFigures> figures(Function<SourceId, Map<String, Instant>> certificateExpiries) {
    Set<SourceId> leased = collector.leased();
    return sourcesInDetail().stream()
        .map(
            status -> {
              SourceId id = new SourceId(status.sourceId());
              return new SourceFigures(status, leased.contains(id), certificateExpiries.apply(id));
            })
        .toList();
  }

  private List<SourceStatus> statuses(
      List<SourceStanding> standings,
      BiFunction<SourceStanding, Instant, @Nullable SourceDetail> detail) {
    Instant now = clock.instant();
    Map<SourceId, String> alarms = credentialAlarms.get();
    return standings.stream()
        .map(
            standing ->
                status(
                    standing,
                    now,
                    alarms.getOrDefault(standing.source().id(), ""),
                    detail.apply(standing, now)))
        .toList();
  }

  private static JobOutcome outcome(CollectReport report) {
    Receipt total = report.total();
    return new JobOutcome(
        report.outcomes().stream()
            .map(outcome -> new JobOutcome.Source(outcome.source().value(), outcome.error()))
            .toList(),
        total.samples(),
        total.buckets(),
        total.correctedBuckets(),
        total.setAside());
  }

  private static SourceStatus status(
      SourceStanding standing, Instant now, String alarm, @Nullable SourceDetail detail) {
    SourceProgress progress = standing.progress();
    @Nullable Long lagSeconds = standing.lag(now).map(lag -> lag.toSeconds()).orElse(null);
    return new SourceStatus(
        standing.source().id().value(),
        standing.source().nodeId(),
        standing.source().env(),
        progress.lastCompletedUntil(),
        progress.lastAttemptedAt(),
        progress.lastSucceededAt(),
        progress.lastError(),
        progress.lastCursor(),
        lagSeconds,
        standing.consecutiveFailures(),
        standing.sinceStart().setAside(),
        alarm,
        detail);
  }
}
