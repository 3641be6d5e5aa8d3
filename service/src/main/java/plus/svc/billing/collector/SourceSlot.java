package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * One source's place in the collector: at most one run of it is active, one more may wait, and
 * where it stands is known at any time.
 */
final class SourceSlot {

  private static final Logger LOG = LoggerFactory.getLogger(SourceSlot.class);

  private final RunTools tools;
  private volatile SourceSpec source;
  private volatile boolean retired;
  private volatile SourceStanding standing;

  // Guarded by this.
  private @Nullable SourceRun active;
  private @Nullable SourceRun waiting;

  SourceSlot(SourceSpec source, RunTools tools) {
    this.source = source;
    this.tools = tools;
    this.standing = SourceStanding.fresh(source);
  }

  SourceSpec source() {
    return source;
  }

  SourceStanding standing() {
    return standing;
  }

  /**
   * Takes the source as it is now; runs of what it was end before their next page.
   *
   * @return whether it was another, or retired
   */
  synchronized boolean change(SourceSpec newer) {
    boolean changed = retired || !source.equals(newer);
    retired = false;
    if (!source.equals(newer)) {
      source = newer;
      standing = standing.of(newer);
    }
    return changed;
  }

  /** The source is no longer collected; its runs end before their next page. */
  void retire() {
    retired = true;
  }

  /** Whether a run of the source as it was given to it should go on. */
  boolean isCurrent(SourceSpec ofRun) {
    return !retired && source.equals(ofRun);
  }

  /**
   * Starts a run, or joins the one that is active and reads as much.
   *
   * @param lookBack how far back to read again, null to read only what is new
   */
  CompletableFuture<SourceOutcome> run(@Nullable Duration lookBack) {
    SourceRun run;
    SourceRun outdated = null;
    boolean start = false;
    synchronized (this) {
      if (active == null) {
        run = new SourceRun(this, tools, lookBack);
        active = run;
        start = true;
      } else if (active.covers(lookBack)) {
        run = active;
      } else {
        if (waiting == null || !waiting.isCurrent()) {
          outdated = waiting;
          waiting = new SourceRun(this, tools, lookBack);
        }
        run = waiting;
        run.reachBack(lookBack);
      }
    }
    if (outdated != null) {
      outdated.giveUp();
    }
    if (start) {
      run.queue();
    }
    return run.done();
  }

  /** Whether a run is under way or waits. */
  synchronized boolean isBusy() {
    return active != null;
  }

  void noteProgress(SourceProgress progress) {
    standing = standing.with(progress);
  }

  void noteTaken(
      Receipt receipt, Instant newest, @Nullable String cursor, Instant attemptedAt, Instant now) {
    SourceProgress before = standing.progress();
    Instant seen = before.lastCompletedUntil();
    standing =
        standing
            .plus(receipt)
            .with(
                new SourceProgress(
                    source.id().value(),
                    seen != null && seen.isAfter(newest) ? seen : newest,
                    attemptedAt,
                    now,
                    "",
                    Objects.requireNonNullElse(cursor, "")));
  }

  void noteReadEmpty(Instant attemptedAt, Instant now) {
    SourceProgress before = standing.progress();
    standing =
        standing.with(
            new SourceProgress(
                source.id().value(), before.lastCompletedUntil(), attemptedAt, now, "", ""));
  }

  void noteFailed(String error, Instant attemptedAt) {
    SourceProgress before = standing.progress();
    if (!error.equals(before.lastError())) {
      LOG.warn("source {}: {}", source.id(), error);
    }
    standing =
        standing.with(
            new SourceProgress(
                source.id().value(),
                before.lastCompletedUntil(),
                attemptedAt,
                before.lastSucceededAt(),
                error,
                before.lastCursor()));
  }

  /** The run is over; the one that waits is next. */
  void over(SourceRun run, SourceOutcome outcome) {
    standing = standing.after(outcome);
    if (outcome.receipt().accepted() > 0) {
      LOG.info(
          "source {}: {} pages, {} snapshots, {} samples, {} buckets, {} bytes, charged {}, of {}",
          source.id(),
          outcome.pages(),
          outcome.snapshots(),
          outcome.receipt().samples(),
          outcome.receipt().buckets(),
          outcome.receipt().bytes(),
          outcome.receipt().charged(),
          outcome.window());
    }
    SourceRun next = null;
    synchronized (this) {
      if (active == run) {
        active = waiting;
        waiting = null;
        next = active;
      }
    }
    if (next != null) {
      next.queue();
    }
  }
}
