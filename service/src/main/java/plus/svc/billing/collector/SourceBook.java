package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * What the database keeps of sources: leases and progress, each call a transaction of its own. A
 * lease of which more than half is left is not prolonged yet; should it be lost all the same, the
 * fence in every write tells.
 */
final class SourceBook {

  private final SourceLeaseDao leases;
  private final SourceProgressDao progress;
  private final CollectorPlan plan;
  private final Map<SourceId, Held> held = new ConcurrentHashMap<>();

  SourceBook(Jdbi jdbi, CollectorPlan plan) {
    this.leases = jdbi.onDemand(SourceLeaseDao.class);
    this.progress = jdbi.onDemand(SourceProgressDao.class);
    this.plan = plan;
  }

  /** A lease that needs no prolonging before {@link System#nanoTime} says so. */
  private record Held(long fence, long prolongAt) {}

  /**
   * Takes or prolongs the source's lease, until a while after its next turn.
   *
   * @return the fence; empty if another instance has the source
   */
  OptionalLong lease(SourceSpec source) {
    long now = System.nanoTime();
    Held known = held.get(source.id());
    if (known != null && known.prolongAt() - now > 0) {
      return OptionalLong.of(known.fence());
    }
    Duration time = source.collectInterval().plus(plan.leaseTime());
    Optional<Long> fence = leases.acquire(source.id().value(), plan.holder(), time.toMillis());
    if (fence.isEmpty()) {
      forgetLease(source);
      return OptionalLong.empty();
    }
    held.put(source.id(), new Held(fence.get(), now + time.toNanos() / 2));
    return OptionalLong.of(fence.get());
  }

  /** The lease is known to be lost. */
  void forgetLease(SourceSpec source) {
    held.remove(source.id());
  }

  /** Lets go of the leases that this instance has. */
  void release(List<SourceSpec> sources) {
    held.clear();
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
