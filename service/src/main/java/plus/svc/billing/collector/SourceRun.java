package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
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
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.Findings;
import plus.svc.billing.pipeline.source.walk.WalkedPage;
import plus.svc.billing.pipeline.source.walk.Window;
import plus.svc.billing.pipeline.source.walk.WindowWalk;

/**
 * One collection of one source. It works in turns of so many pages and queues behind the other
 * sources between them, so that a backlog of days delays nobody.
 */
final class SourceRun {

  /** Pages of one turn. */
  static final int PAGES_PER_TURN = 10;

  private static final Logger LOG = LoggerFactory.getLogger(SourceRun.class);

  private final SourceSlot slot;
  private final SourceSpec source;
  private final RunTools tools;

  /** Guarded by the slot until the run is queued, final from then on. */
  private @Nullable Duration lookBack;

  private final CompletableFuture<SourceOutcome> done = new CompletableFuture<>();

  // Only the thread that has the turn touches these.
  private long fence;
  private Instant attemptedAt = Instant.EPOCH;
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
  }

  /** Completes when the run is over, never exceptionally. */
  CompletableFuture<SourceOutcome> done() {
    return done;
  }

  /** Whether this run reads all that one with the other look-back would. */
  boolean covers(@Nullable Duration otherLookBack) {
    return otherLookBack == null || (lookBack != null && lookBack.compareTo(otherLookBack) >= 0);
  }

  /** Makes a run that still waits read at least so far back. */
  void reachBack(@Nullable Duration atLeast) {
    if (!covers(atLeast)) {
      lookBack = atLeast;
    }
  }

  /** Queues for the next turn. */
  void queue() {
    try {
      tools.workers().execute(this::turn);
    } catch (RejectedExecutionException e) {
      end(Ending.STOPPED, "the service is stopping");
    }
  }

  private void turn() {
    try {
      if (stream == null && !open()) {
        return;
      }
      if (readTurn()) {
        finish();
      } else {
        queue();
      }
    } catch (Stopping e) {
      end(Ending.STOPPED, e.getMessage());
    } catch (SourceFailure e) {
      if (tools.stopping().getAsBoolean()) {
        end(Ending.STOPPED, "the service is stopping");
      } else {
        fail(String.valueOf(e.getMessage()));
      }
    } catch (FenceLost e) {
      tools.book().forgetLease(source);
      end(Ending.HELD_ELSEWHERE, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(Ending.STOPPED, "the service is stopping");
    } catch (RuntimeException | Error e) {
      LOG.error("source {}: the collection broke off", source.id(), e);
      fail("internal: " + e.getClass().getSimpleName() + ", see the log");
    }
  }

  /** Takes the lease and chooses the window; false if the run is over with that. */
  private boolean open() throws Stopping {
    checkNotStopping();
    OptionalLong lease = tools.book().lease(source);
    SourceProgress progress = tools.book().progress(source);
    slot.noteProgress(progress);
    if (lease.isEmpty()) {
      end(Ending.HELD_ELSEWHERE, null);
      return false;
    }
    fence = lease.getAsLong();
    attemptedAt = tools.clock().instant();
    Optional<Window> chosen = choose(progress);
    if (chosen.isEmpty()) {
      end(Ending.NOT_YET, null);
      return false;
    }
    window = chosen.get();
    tools.book().attempted(source, fence, attemptedAt);
    WindowWalk walk =
        new WindowWalk(tools.fetcher(), source, chosen.get(), tools.plan().pageSnapshots());
    stream = new PageStream(source, walk, tools.fetcher(), tools.readers());
    return true;
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
      for (int left = PAGES_PER_TURN; left > 0; left--) {
        checkNotStopping();
        WalkedPage page = pageStream.next();
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
    slot.noteTaken(pageReceipt, newest, page.cursor(), attemptedAt, tools.clock().instant());
  }

  private void finish() {
    Optional<String> wrong = findings.text();
    Instant now = tools.clock().instant();
    if (wrong.isPresent()) {
      tools.book().failed(source, fence, attemptedAt, wrong.get(), now);
      slot.noteFailed(wrong.get(), attemptedAt);
    } else if (!lastPageHandedOn) {
      tools.book().readEmpty(source, fence, attemptedAt, now);
      slot.noteReadEmpty(attemptedAt, now);
    }
    end(Ending.READ, wrong.orElse(null));
  }

  private void fail(String error) {
    slot.noteFailed(
        error, attemptedAt.equals(Instant.EPOCH) ? tools.clock().instant() : attemptedAt);
    if (fence > 0) {
      try {
        tools.book().failed(source, fence, attemptedAt, error, tools.clock().instant());
      } catch (RuntimeException e) {
        LOG.warn("source {}: its failure could not be stored either", source.id(), e);
      }
    }
    end(Ending.FAILED, error);
  }

  private void end(Ending ending, @Nullable String error) {
    SourceOutcome outcome =
        new SourceOutcome(source.id(), ending, window, pages, snapshots, receipt, findings, error);
    slot.over(this, outcome);
    done.complete(outcome);
  }

  private void checkNotStopping() throws Stopping {
    if (tools.stopping().getAsBoolean()) {
      throw new Stopping();
    }
  }
}
