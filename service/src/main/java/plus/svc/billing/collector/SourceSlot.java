package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.api.DualReport;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.Findings;
import plus.svc.billing.pipeline.source.walk.PageSize;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.quantity.NodeKey;

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
  private volatile PageSize pageSize;
  private volatile @Nullable DualReading dual;

  /** The lease under which the progress in memory is the one in the database. */
  private volatile long knownFence;

  /** Nobody gets a failing source asked before, by {@link System#nanoTime}. */
  private volatile long pausedUntilNanos = System.nanoTime();

  // Guarded by this.
  private @Nullable SourceRun active;
  private @Nullable SourceRun waiting;

  SourceSlot(SourceSpec source, RunTools tools) {
    this.source = source;
    this.tools = tools;
    this.standing = SourceStanding.fresh(source);
    this.pageSize = freshPageSize();
  }

  private PageSize freshPageSize() {
    return new PageSize(tools.plan().pageSnapshots(), tools.plan().pageSamples());
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
      pageSize = freshPageSize();
      dual = null;
    }
    return changed;
  }

  /** The source is no longer collected; its runs end before their next page. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
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

  /** Whether a run is under way that has to wait for the source, or aside from the healthy ones. */
  synchronized boolean keepsWaiting() {
    return active != null && active.isAside();
  }

  /** Whether the source failed so often that it is left alone for now, whoever asks. */
  boolean isPaused() {
    return standing.health().isOpen() && pausedUntilNanos - System.nanoTime() > 0;
  }

  /** What becomes of a run that is not started, or not waited for. */
  SourceOutcome unasked(SourceOutcome.Ending ending, String why) {
    String last = standing.progress().lastError();
    return new SourceOutcome(
        source.id(),
        ending,
        null,
        0,
        0,
        Receipt.NOTHING,
        Findings.NONE,
        last.isEmpty() ? why : why + "; " + last);
  }

  PageSize pageSize() {
    return pageSize;
  }

  /** Compares both endpoints; null unless both are read. */
  @Nullable DualReading dual() {
    if (source.mode() == SourceMode.DUAL && dual == null) {
      dual = new DualReading(source);
    }
    return dual;
  }

  void noteDual(DualReport report) {
    standing = standing.with(report);
  }

  /** Takes what the database knew when this instance began to work on the source. */
  void recall(SourceProgress progress, long underFence) {
    noteProgress(progress, underFence);
    boolean failed =
        !progress.lastError().isEmpty() && !progress.lastError().startsWith(SourceRun.INTERNAL);
    standing = standing.with(SourceHealth.recalled(progress.lastSucceededAt() != null, failed));
  }

  /** Takes what the database knows; a fence of 0 says that another instance may change it. */
  void noteProgress(SourceProgress progress, long underFence) {
    standing = standing.with(progress);
    knownFence = underFence;
  }

  /** Whether the progress in memory is the one in the database, if the lease is this one. */
  boolean knowsProgress(long fence) {
    return fence > 0 && knownFence == fence;
  }

  void noteBrought(Set<NodeKey> nodes) {
    standing = standing.with(nodes);
  }

  void noteAnswered(boolean slowly, boolean wrong) {
    standing = standing.with(standing.health().answered(slowly, wrong));
  }

  /** The source gave no answer; it is left alone for a while that grows. */
  void noteRefused(Instant now) {
    Duration pause =
        Pace.pause(
            source.collectInterval(),
            tools.plan().longestPause(),
            standing.health().refusals() + 1,
            ThreadLocalRandom.current().nextDouble());
    pausedUntilNanos = System.nanoTime() + pause.toNanos();
    standing = standing.with(standing.health().refused(now.plus(pause)));
  }

  void noteFailedWithin() {
    standing = standing.with(standing.health().failedWithin());
  }

  /** How long the pause still lasts; zero or less if there is none. */
  Duration pauseLeft() {
    return standing.health().refusals() == 0
        ? Duration.ZERO
        : Duration.ofNanos(pausedUntilNanos - System.nanoTime());
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

  void noteReadEmpty(@Nullable Instant seen, Instant attemptedAt, Instant now) {
    standing =
        standing.with(new SourceProgress(source.id().value(), seen, attemptedAt, now, "", ""));
  }

  void noteFailed(String error, Instant attemptedAt) {
    SourceProgress before = standing.progress();
    if (!error.equals(before.lastError())) {
      LOG.warn(Happening.SOURCE_FAILED, "source {}: {}", source.id(), error);
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
          Happening.SOURCE_COLLECTED,
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
