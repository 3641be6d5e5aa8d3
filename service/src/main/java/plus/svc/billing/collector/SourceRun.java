package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.FenceLost;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.Findings;
import plus.svc.billing.pipeline.source.walk.LatestRead;
import plus.svc.billing.pipeline.source.walk.Walk;
import plus.svc.billing.pipeline.source.walk.WalkedPage;
import plus.svc.billing.pipeline.source.walk.Window;
import plus.svc.billing.pipeline.source.walk.WindowWalk;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.platform.trace.Trace;

/**
 * One collection of one source. It works in turns of so many pages and queues behind the other
 * sources between them, so that a backlog of days delays nobody.
 */
final class SourceRun implements Lanes.Work {

  /** Pages of one turn. */
  static final int PAGES_PER_TURN = 10;

  /** How a failure begins that is not the source's. */
  static final String INTERNAL = "internal: ";

  private static final String STOPPING = "the service is stopping";
  private static final String CHANGED = "the source was changed meanwhile";
  private static final Logger LOG = LoggerFactory.getLogger(SourceRun.class);

  private final SourceSlot slot;
  private final SourceSpec source;
  private final RunTools tools;

  /** Guarded by the slot until the run is queued, final from then on. */
  private @Nullable Duration lookBack;

  private final CompletableFuture<SourceOutcome> done = new CompletableFuture<>();

  private final Waiting waiting;
  private volatile boolean steppingAside;
  private volatile Lane lane = Lane.READY;

  // Only the thread that has the turn touches these.
  private long fence;
  private Instant attemptedAt = Instant.EPOCH;
  private @Nullable Trace trace;
  private @Nullable Window window;
  private @Nullable PageStream stream;
  private int pages;
  private int snapshots;
  private boolean lastPageHandedOn;
  private Receipt receipt = Receipt.NOTHING;
  private Findings findings = Findings.NONE;

  /**
   * Prepares a run.
   *
   * @param lookBack how far back from now to read again; null to read only what is new
   */
  SourceRun(SourceSlot slot, RunTools tools, @Nullable Duration lookBack) {
    this.slot = slot;
    this.source = slot.source();
    this.tools = tools;
    this.lookBack = lookBack;
    this.waiting = new Waiting(tools.plan().slowAfter());
  }

  /** Completes when the run is over, never exceptionally. */
  CompletableFuture<SourceOutcome> done() {
    return done;
  }

  /** Whether this run reads all that one with the other look-back would. */
  boolean covers(@Nullable Duration otherLookBack) {
    return isCurrent()
        && (otherLookBack == null || (lookBack != null && lookBack.compareTo(otherLookBack) >= 0));
  }

  /** Whether the source is still what this run was made for. */
  boolean isCurrent() {
    return slot.isCurrent(source);
  }

  /** Ends a run that never started. */
  void giveUp() {
    end(Ending.STOPPED, CHANGED);
  }

  /** Makes a run that still waits read at least so far back. */
  void reachBack(@Nullable Duration atLeast) {
    if (atLeast != null && !covers(atLeast)) {
      lookBack = atLeast;
    }
  }

  /** Queues for the first turn. */
  void queue() {
    queue(slot.standing().health().lane());
  }

  private void queue(Lane next) {
    lane = next;
    tools.lanes().submit(this, next);
  }

  /** Whether nobody should wait for it: it is aside from the healthy ones, or about to be. */
  boolean isAside() {
    return lane != Lane.READY || isHeldUp();
  }

  @Override
  public boolean isHeldUp() {
    return waiting.isLong();
  }

  @Override
  public Lane aside() {
    return slot.standing().health().aside();
  }

  /** Gives the request up; the window is read from where it is by then, in another lane. */
  @Override
  public void stepAside() {
    steppingAside = true;
    tools.fetcher().abort(source.id());
  }

  @Override
  public void refuse() {
    end(Ending.STOPPED, STOPPING);
  }

  @Override
  public void turn() {
    Trace current = trace;
    if (current == null) {
      current = Trace.begin("collect", "source", source.id().value());
      trace = current;
    }
    current.run(this::takeTurn);
  }

  private void takeTurn() {
    try {
      if (stream == null && !open()) {
        return;
      }
      if (readTurn()) {
        finish();
      } else {
        queue(waiting.wasLong() ? Lane.SLOW : Lane.READY);
      }
    } catch (Stopping e) {
      end(Ending.STOPPED, e.getMessage());
    } catch (SourceFailure e) {
      refused(e);
    } catch (FenceLost e) {
      tools.book().forgetLease(source);
      end(Ending.HELD_ELSEWHERE, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(Ending.STOPPED, STOPPING);
    } catch (RuntimeException | Error e) {
      LOG.error(Happening.COLLECTION_BROKE, "source {}: the collection broke off", source.id(), e);
      slot.noteFailedWithin();
      fail(INTERNAL + e.getClass().getSimpleName() + ", see the log");
    }
  }

  private void refused(SourceFailure failure) {
    if (tools.stopping().getAsBoolean()) {
      end(Ending.STOPPED, STOPPING);
    } else if (!isCurrent()) {
      end(Ending.STOPPED, CHANGED);
    } else if (steppingAside) {
      steppingAside = false;
      stream = null;
      queue(aside());
    } else {
      slot.noteRefused(tools.clock().instant());
      fail(String.valueOf(failure.getMessage()));
    }
  }

  /** Takes the lease and chooses the window; false if the run is over with that. */
  private boolean open() throws Stopping {
    checkNotStopping();
    OptionalLong lease = tools.book().lease(source);
    long current = lease.orElse(0);
    if (!slot.knowsProgress(current) && !tools.book().isWatchedElsewhere(source)) {
      slot.noteProgress(tools.book().progress(source), current);
    }
    if (lease.isEmpty()) {
      end(Ending.HELD_ELSEWHERE, null);
      return false;
    }
    fence = current;
    attemptedAt = tools.clock().instant();
    Optional<Window> chosen = choose(slot.standing().progress());
    if (chosen.isEmpty()) {
      end(Ending.NOT_YET, null);
      return false;
    }
    window = chosen.get();
    stream = new PageStream(source, walk(chosen.get()), tools.fetcher(), tools.readers());
    return true;
  }

  private Walk walk(Window chosen) {
    return source.mode() == SourceMode.LATEST
        ? new LatestRead(tools.fetcher(), source, attemptedAt)
        : new WindowWalk(tools.fetcher(), source, chosen, slot.pageSize());
  }

  private Optional<Window> choose(SourceProgress progress) {
    Duration first = tools.plan().firstLookBack();
    return lookBack == null
        ? WindowChoice.collect(source, progress, attemptedAt, first)
        : WindowChoice.reconcile(source, progress, attemptedAt, first, lookBack);
  }

  /** Reads and hands on the pages of one turn; true if the window is read out. */
  private boolean readTurn() throws SourceFailure, Stopping, InterruptedException {
    PageStream pageStream = stream;
    if (pageStream == null) {
      throw new IllegalStateException("a turn before the window was chosen");
    }
    try {
      if (pages == 0) {
        readForComparison();
      }
      for (int left = PAGES_PER_TURN; left > 0; left--) {
        checkNotStopping();
        WalkedPage page = waiting.on(pageStream::next);
        pages++;
        findings = findings.plus(page.findings());
        if (left > 1 && page.cursor() != null) {
          pageStream.readAhead();
        }
        handOn(page);
        if (page.cursor() == null) {
          return true;
        }
      }
      return false;
    } finally {
      pageStream.abandon();
    }
  }

  /** In mode dual: what the other endpoint says now. That it fails is told and stops nothing. */
  private void readForComparison() throws InterruptedException, SourceFailure {
    DualReading dual = slot.dual();
    if (dual == null) {
      return;
    }
    try {
      dual.latest(waiting.on(new LatestRead(tools.fetcher(), source, attemptedAt)::next));
    } catch (SourceFailure e) {
      if (steppingAside) {
        throw e;
      }
      dual.latestFailed(String.valueOf(e.getMessage()));
    }
  }

  private void handOn(WalkedPage page) {
    lastPageHandedOn = !page.snapshots().isEmpty();
    if (!lastPageHandedOn) {
      return;
    }
    OptionalLong lease = tools.book().lease(source);
    if (lease.isEmpty() || lease.getAsLong() != fence) {
      throw new FenceLost(source.id(), fence);
    }
    List<Snapshot> ascending = page.snapshots();
    Instant newest = ascending.get(ascending.size() - 1).collectedAt();
    NodePolicy policy =
        new NodePolicy(source.firstSnapshot(), source.billingFrom(), source.maxBytesPerSecond());
    Receipt pageReceipt =
        tools
            .sink()
            .accept(
                new Delivery(
                    source.id(),
                    policy,
                    fence,
                    ascending,
                    new Progress(newest, page.cursor(), attemptedAt)));
    snapshots += ascending.size();
    receipt = receipt.plus(pageReceipt);
    slot.noteBrought(ascending.stream().map(Snapshot::node).collect(Collectors.toSet()));
    compare(ascending);
    slot.noteTaken(pageReceipt, newest, page.cursor(), attemptedAt, tools.clock().instant());
  }

  private void compare(List<Snapshot> window) {
    DualReading dual = slot.dual();
    if (dual != null) {
      dual.window(window);
      slot.noteDual(dual.report());
    }
  }

  private void finish() {
    Optional<String> wrong = findings.text();
    slot.noteAnswered(waiting.wasLong(), wrong.isPresent());
    Instant now = tools.clock().instant();
    if (wrong.isPresent()) {
      tools.book().failed(source, fence, attemptedAt, wrong.get());
      slot.noteFailed(wrong.get(), attemptedAt);
    } else if (!lastPageHandedOn) {
      Instant seen = slot.standing().progress().lastCompletedUntil();
      Instant after = afterEmpty(seen);
      tools.book().readEmpty(source, fence, after, attemptedAt, now);
      slot.noteReadEmpty(after, attemptedAt, now);
    }
    end(Ending.READ, wrong.orElse(null));
  }

  /** Our clock alone moves no watermark: the database's must be as far. */
  private @Nullable Instant afterEmpty(@Nullable Instant seen) {
    Duration first = tools.plan().firstLookBack();
    Instant after = WindowChoice.afterEmpty(seen, attemptedAt, first);
    return Objects.equals(after, seen)
        ? seen
        : WindowChoice.afterEmpty(
            seen, WindowChoice.earlier(attemptedAt, tools.book().databaseTime()), first);
  }

  private void fail(String error) {
    Instant at = attemptedAt.equals(Instant.EPOCH) ? tools.clock().instant() : attemptedAt;
    slot.noteFailed(error, at);
    if (fence > 0) {
      tools.book().failed(source, fence, at, error);
    }
    end(Ending.FAILED, error);
  }

  private void end(Ending ending, @Nullable String error) {
    SourceOutcome outcome =
        new SourceOutcome(source.id(), ending, window, pages, snapshots, receipt, findings, error);
    if (trace != null) {
      trace.end(error);
    }
    slot.over(this, outcome);
    done.complete(outcome);
  }

  private void checkNotStopping() throws Stopping {
    if (tools.stopping().getAsBoolean()) {
      throw new Stopping(STOPPING);
    }
    if (!isCurrent()) {
      throw new Stopping(CHANGED);
    }
  }
}
