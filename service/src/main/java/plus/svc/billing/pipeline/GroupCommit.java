package plus.svc.billing.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.platform.trace.Trace;

/**
 * Takes pages of many callers and writes those that wait together in common transactions: while one
 * is being committed, the pages for the next one gather, so the busier it is the less each costs.
 * Nobody is kept waiting for company.
 */
public final class GroupCommit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int MOST_WAITING = 1_024;

  private final Pipeline pipeline;
  private final int transactionSamples;
  private final Duration stopWait;
  private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final ExecutorService writers;

  /**
   * Starts the writers.
   *
   * @param streams transactions at the same time
   * @param transactionSamples about the most samples that share a transaction
   * @param stopWait how long a stop waits for what is being written
   */
  public GroupCommit(Pipeline pipeline, int streams, int transactionSamples, Duration stopWait) {
    this.pipeline = pipeline;
    this.transactionSamples = transactionSamples;
    this.stopWait = stopWait;
    AtomicInteger number = new AtomicInteger();
    this.writers =
        Executors.newFixedThreadPool(
            streams,
            work -> {
              Thread thread = new Thread(work, "writer-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < streams; i++) {
      writers.execute(this::write);
    }
  }

  private record Waiting(Delivery delivery, CompletableFuture<Receipt> done, Trace.Here from) {}

  /**
   * Takes a page, whole or not at all, and returns once it is committed.
   *
   * @throws FenceLost if another instance works on the source by now; nothing was written
   * @throws RuntimeException of the database; nothing was written, the same page may come again
   */
  public Receipt accept(Delivery delivery) {
    Waiting entry = new Waiting(delivery, new CompletableFuture<>(), Trace.here());
    try {
      waiting.put(entry);
      if (writers.isShutdown()) {
        refuseWaiting();
      }
      return entry.done().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before the page was handed on", e);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException own ? own : e;
    }
  }

  /** How many pages wait for a transaction. */
  public int waiting() {
    return waiting.size();
  }

  /** Ends what is being written, then the writers; whatever still waits is refused. */
  @Override
  public void close() {
    writers.shutdownNow();
    try {
      if (!writers.awaitTermination(stopWait.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            Happening.STOP_TOO_LONG,
            "a transaction is still open after {}; the database takes it back",
            stopWait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    refuseWaiting();
  }

  private void refuseWaiting() {
    List<Waiting> late = new ArrayList<>();
    waiting.drainTo(late);
    late.forEach(
        entry ->
            entry
                .done()
                .completeExceptionally(
                    new IllegalStateException("the writers have stopped; nothing was written")));
  }

  private void write() {
    List<Waiting> group = new ArrayList<>();
    try {
      while (true) {
        group.add(waiting.take());
        waiting.drainTo(group);
        Trace trace = Trace.shared("write_pages", group.stream().map(Waiting::from).toList());
        trace.run(() -> complete(group));
        trace.close();
        group.clear();
      }
    } catch (InterruptedException e) {
      LOG.debug("a writer ends");
    }
  }

  private void complete(List<Waiting> group) {
    try {
      List<Pipeline.Outcome> outcomes =
          pipeline.acceptAll(group.stream().map(Waiting::delivery).toList(), transactionSamples);
      for (int i = 0; i < outcomes.size(); i++) {
        Pipeline.Outcome outcome = outcomes.get(i);
        if (outcome.receipt() != null) {
          group.get(i).done().complete(outcome.receipt());
        } else {
          group.get(i).done().completeExceptionally(outcome.failure());
        }
      }
    } catch (RuntimeException | Error e) {
      group.forEach(entry -> entry.done().completeExceptionally(e));
    }
  }
}
