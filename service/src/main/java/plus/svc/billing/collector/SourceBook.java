package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceProgressDao;
import plus.svc.billing.pipeline.source.SourceProgressDao.Note;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.DatabaseClock;
import plus.svc.billing.platform.log.Happening;

/**
 * What the database keeps of sources: leases and progress. What can wait a moment goes for all
 * sources in one statement: leases are kept by {@link #keep}, what no page carries is written by
 * {@link #flush}. A lease of which more than half is left is not prolonged yet; should it be lost
 * all the same, the fence in every write tells.
 */
final class SourceBook {

  private static final Logger LOG = LoggerFactory.getLogger(SourceBook.class);

  private final SourceLeaseDao leases;
  private final SourceProgressDao progress;
  private final DatabaseClock databaseClock;
  private final CollectorPlan plan;
  private final Map<SourceId, Held> held = new ConcurrentHashMap<>();

  /** Sources that another instance had when it was last asked, and how long that is believed. */
  private final Map<SourceId, Long> elsewhereUntil = new ConcurrentHashMap<>();

  /** Guarded by itself. */
  private final Map<String, Note> notes = new LinkedHashMap<>();

  SourceBook(Jdbi jdbi, CollectorPlan plan) {
    this.leases = jdbi.onDemand(SourceLeaseDao.class);
    this.progress = jdbi.onDemand(SourceProgressDao.class);
    this.databaseClock = new DatabaseClock(jdbi);
    this.plan = plan;
  }

  /** A lease that needs no prolonging before {@link System#nanoTime} says so. */
  private record Held(long fence, long prolongAt) {}

  /** How often {@link #keep} is to be called. */
  Duration keepEvery() {
    return plan.leaseTime().dividedBy(4).plusMillis(1);
  }

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
    if (isWatchedElsewhere(source)) {
      return OptionalLong.empty();
    }
    Duration time = timeOf(source);
    Optional<Long> fence = leases.acquire(source.id().value(), plan.holder(), time.toMillis());
    if (fence.isEmpty()) {
      forgetLease(source);
      return OptionalLong.empty();
    }
    held.put(source.id(), new Held(fence.get(), now + time.toNanos() / 2));
    return OptionalLong.of(fence.get());
  }

  /** Takes or prolongs, in one statement, the leases of all that will need it before long. */
  void keep(List<SourceSpec> sources) {
    long now = System.nanoTime();
    long soon = now + keepEvery().toNanos();
    List<SourceSpec> due =
        sources.stream()
            .filter(
                source -> {
                  Held known = held.get(source.id());
                  return known == null || known.prolongAt() - soon <= 0;
                })
            .toList();
    if (due.isEmpty()) {
      return;
    }
    Map<String, Long> fences = new LinkedHashMap<>();
    leases
        .acquireAll(
            ids(due),
            plan.holder(),
            due.stream().map(source -> timeOf(source).toMillis()).toArray(Long[]::new))
        .forEach(lease -> fences.put(lease.sourceId(), lease.fence()));
    for (SourceSpec source : due) {
      Long fence = fences.get(source.id().value());
      if (fence != null) {
        held.put(source.id(), new Held(fence, now + timeOf(source).toNanos() / 2));
        elsewhereUntil.remove(source.id());
      } else {
        held.remove(source.id());
        elsewhereUntil.put(source.id(), now + 2 * keepEvery().toNanos());
      }
    }
  }

  /** The fence under which this instance has the source, 0 if it hasn't. */
  long fence(SourceSpec source) {
    Held known = held.get(source.id());
    return known == null ? 0 : known.fence();
  }

  /** Whether another instance has the source, as {@link #keep} found a moment ago. */
  boolean isWatchedElsewhere(SourceSpec source) {
    Long until = elsewhereUntil.get(source.id());
    return until != null && until - System.nanoTime() > 0;
  }

  /** The lease is known to be lost. */
  void forgetLease(SourceSpec source) {
    held.remove(source.id());
  }

  /** Lets go of the leases that this instance has of these sources. */
  void release(List<SourceSpec> sources) {
    flush();
    sources.forEach(
        source -> {
          held.remove(source.id());
          elsewhereUntil.remove(source.id());
        });
    leases.release(plan.holder(), ids(sources));
  }

  /** What time it is to the database. */
  Instant databaseTime() {
    return databaseClock.instant();
  }

  SourceProgress progress(SourceSpec source) {
    return progress.find(source.id().value()).orElseGet(() -> SourceProgress.none(source.id()));
  }

  List<SourceProgress> progressOf(List<SourceSpec> sources) {
    return sources.isEmpty() ? List.of() : progress.findAll(ids(sources));
  }

  /** Why the source could not be read, or what was wrong with it; written with the next flush. */
  void failed(SourceSpec source, long fence, Instant attemptedAt, String error) {
    note(new Note(source.id().value(), fence, null, attemptedAt, null, error));
  }

  /** The source answered with nothing; written with the next flush. */
  void readEmpty(
      SourceSpec source, long fence, @Nullable Instant seen, Instant attemptedAt, Instant now) {
    note(new Note(source.id().value(), fence, seen, attemptedAt, now, ""));
  }

  private void note(Note note) {
    synchronized (notes) {
      notes.put(note.source(), note);
    }
  }

  /** Writes what was noted, in one statement; what can't be written now is kept for later. */
  void flush() {
    List<Note> batch;
    synchronized (notes) {
      batch = new ArrayList<>(notes.values());
      notes.clear();
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      progress.note(batch);
    } catch (RuntimeException e) {
      LOG.warn(
          Happening.DATABASE_FAILED, "how {} sources fared cannot be stored yet", batch.size(), e);
      synchronized (notes) {
        batch.forEach(note -> notes.putIfAbsent(note.source(), note));
      }
    }
  }

  private Duration timeOf(SourceSpec source) {
    return source.collectInterval().plus(plan.leaseTime());
  }

  private static String[] ids(List<SourceSpec> sources) {
    return sources.stream().map(source -> source.id().value()).toArray(String[]::new);
  }
}
