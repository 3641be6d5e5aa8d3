package plus.svc.billing.collector;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;

/** What the database keeps of sources: leases and progress, each call a transaction of its own. */
final class SourceBook {

  private final SourceLeaseDao leases;
  private final SourceProgressDao progress;
  private final CollectorPlan plan;

  SourceBook(Jdbi jdbi, CollectorPlan plan) {
    this.leases = jdbi.onDemand(SourceLeaseDao.class);
    this.progress = jdbi.onDemand(SourceProgressDao.class);
    this.plan = plan;
  }

  /**
   * Takes or prolongs the source's lease, until a while after its next turn.
   *
   * @return the fence; empty if another instance has the source
   */
  OptionalLong lease(SourceSpec source) {
    long millis = source.collectInterval().plus(plan.leaseTime()).toMillis();
    return leases
        .acquire(source.id().value(), plan.holder(), millis)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /** Lets go of the leases that this instance has. */
  void release(List<SourceSpec> sources) {
    leases.release(plan.holder(), ids(sources));
  }

  SourceProgress progress(SourceSpec source) {
    return progress.find(source.id().value()).orElseGet(() -> SourceProgress.none(source.id()));
  }

  List<SourceProgress> progressOf(List<SourceSpec> sources) {
    return progress.findAll(ids(sources));
  }

  void attempted(SourceSpec source, long fence, Instant at) {
    progress.attempted(source.id().value(), fence, at);
  }

  void failed(SourceSpec source, long fence, Instant attemptedAt, String error, Instant now) {
    progress.failed(source.id().value(), fence, attemptedAt, error, now);
  }

  void readEmpty(SourceSpec source, long fence, Instant attemptedAt, Instant now) {
    progress.readEmpty(source.id().value(), fence, attemptedAt, now);
  }

  private static String[] ids(List<SourceSpec> sources) {
    return sources.stream().map(source -> source.id().value()).toArray(String[]::new);
  }
}
