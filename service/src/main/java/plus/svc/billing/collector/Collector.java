package plus.svc.billing.collector;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;

/**
 * Collects every enabled source at the start and then on its own interval, and whenever asked to. A
 * source that is being collected is joined, never doubled.
 */
public final class Collector implements Managed {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final long ABORT_AGAIN_MILLIS = 50;

  private final CollectorPlan plan;
  private final SourceBook book;
  private final WindowFetcher fetcher;
  private final RunTools tools;
  private final Map<SourceId, SourceSlot> everySlot = new HashMap<>();
  private final Map<SourceId, Future<?>> ticks = new HashMap<>();
  private volatile List<SourceSlot> slots;
  private boolean started;
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService workers;
  private final ExecutorService readers;
  private volatile boolean stopping;

  /**
   * Makes a collector that has not started.
   *
   * @param sources those known so far; the disabled ones are left alone
   * @param sink the pipeline
   */
  public Collector(
      List<SourceSpec> sources,
      CollectorPlan plan,
      Jdbi jdbi,
      WindowFetcher fetcher,
      PageSink sink,
      InstantSource clock) {
    this.plan = plan;
    this.book = new SourceBook(jdbi, plan);
    this.fetcher = fetcher;
    this.timer = new ScheduledThreadPoolExecutor(1, named("collector-timer"));
    this.workers = pool("collector", plan.workers());
    this.readers = pool("collector-reader", plan.workers());
    this.tools = new RunTools(plan, book, fetcher, sink, clock, workers, readers, () -> stopping);
    this.slots = List.of();
    follow(sources);
  }

  /**
   * Collects these sources from now on and no others. A changed one goes on as it is now with the
   * next page, a missing or disabled one ends before its next page; the rest notice nothing.
   */
  public synchronized void follow(List<SourceSpec> sources) {
    List<SourceSpec> enabled = sources.stream().filter(SourceSpec::enabled).toList();
    Set<SourceId> ids = enabled.stream().map(SourceSpec::id).collect(Collectors.toSet());
    for (SourceSlot slot : slots) {
      if (!ids.contains(slot.source().id())) {
        retire(slot);
      }
    }
    List<SourceSlot> before = slots;
    slots =
        enabled.stream()
            .map(s -> everySlot.computeIfAbsent(s.id(), id -> new SourceSlot(s, tools)))
            .toList();
    List<SourceSlot> fresh = new ArrayList<>();
    for (int i = 0; i < enabled.size(); i++) {
      SourceSlot slot = slots.get(i);
      if (slot.change(enabled.get(i))) {
        fetcher.abort(slot.source().id());
        fresh.add(slot);
      } else if (!before.contains(slot)) {
        fresh.add(slot);
      }
    }
    if (started && !stopping) {
      recall(fresh);
      fresh.forEach(this::schedule);
    }
  }

  private void retire(SourceSlot slot) {
    slot.retire();
    Future<?> tick = ticks.remove(slot.source().id());
    if (tick != null) {
      tick.cancel(false);
    }
    fetcher.abort(slot.source().id());
    if (!slot.isBusy()) {
      release(List.of(slot));
    }
  }

  private void schedule(SourceSlot slot) {
    long nanos = slot.source().collectInterval().toNanos();
    Future<?> old =
        ticks.put(
            slot.source().id(),
            timer.scheduleAtFixedRate(() -> tick(slot), 0, nanos, TimeUnit.NANOSECONDS));
    if (old != null) {
      old.cancel(false);
    }
  }

  /** Shows what the database knows of the sources, then starts to collect. */
  @Override
  public synchronized void start() {
    started = true;
    recall(slots);
    slots.forEach(this::schedule);
  }

  /**
   * Lets pages being written come to their end, gives up requests, lets go of the leases. Waits for
   * {@link CollectorPlan#stopWait()} at most, then interrupts.
   */
  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    timer.shutdownNow();
    workers.shutdown();
    if (!awaitRuns()) {
      LOG.warn("sources are still written after {}: interrupting them", plan.stopWait());
      workers.shutdownNow();
    }
    readers.shutdownNow();
    release(slots);
  }

  /**
   * Collects what is new from every enabled source now, as many at a time as there are workers.
   *
   * @return completes when all are through; a failing source is an outcome, no exception
   */
  public CompletableFuture<CollectReport> collectNow() {
    return runAll(null);
  }

  /** As {@link #collectNow()}, but reads at least the look-back from now again. */
  public CompletableFuture<CollectReport> reconcile(Duration lookBack) {
    return runAll(lookBack);
  }

  /** Where each enabled source stands, from memory. */
  public List<SourceStanding> standings() {
    return slots.stream().map(SourceSlot::standing).toList();
  }

  private CompletableFuture<CollectReport> runAll(@Nullable Duration lookBack) {
    List<CompletableFuture<SourceOutcome>> runs =
        slots.stream().map(slot -> slot.run(lookBack)).toList();
    return CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new))
        .thenApply(all -> new CollectReport(runs.stream().map(CompletableFuture::join).toList()));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the slot keeps and shows what becomes of it
  private static void tick(SourceSlot slot) {
    try {
      slot.run(null);
    } catch (RuntimeException e) {
      LOG.error("source {}: its turn could not start", slot.source().id(), e);
    }
  }

  private void recall(List<SourceSlot> these) {
    try {
      Map<String, SourceProgress> known =
          book.progressOf(these.stream().map(SourceSlot::source).toList()).stream()
              .collect(Collectors.toMap(SourceProgress::sourceId, Function.identity()));
      for (SourceSlot slot : these) {
        SourceProgress progress = known.get(slot.source().id().value());
        if (progress != null) {
          slot.noteProgress(progress);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("what is known of the sources cannot be read yet", e);
    }
  }

  private boolean awaitRuns() throws InterruptedException {
    long until = System.nanoTime() + plan.stopWait().toNanos();
    do {
      // Again and again: a request may only be about to start.
      slots.stream().filter(SourceSlot::isBusy).forEach(slot -> fetcher.abort(slot.source().id()));
      if (workers.awaitTermination(ABORT_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        return true;
      }
    } while (System.nanoTime() < until);
    return false;
  }

  private void release(List<SourceSlot> these) {
    try {
      book.release(these.stream().map(SourceSlot::source).toList());
    } catch (RuntimeException e) {
      LOG.warn("leases are not let go of; they run out by themselves", e);
    }
  }

  private static ExecutorService pool(String name, int threads) {
    return new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
