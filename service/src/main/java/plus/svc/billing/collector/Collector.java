package plus.svc.billing.collector;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.collector.SourceOutcome.Ending;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.platform.Pulse;
import plus.svc.billing.platform.log.Happening;

/**
 * Collects every enabled source at the start and then on its own interval, and whenever asked to. A
 * source that is being collected is joined, never doubled.
 */
public final class Collector implements Managed {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
  private static final long ABORT_AGAIN_MILLIS = 50;
  private static final long MOST_OFTEN_MILLIS = 10;
  private static final long FLUSHED_EVERY_MILLIS = 1_000;
  private static final long LOOKED_EVERY_MILLIS = 2_000;
  private static final Duration ASKED_AGAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(15);

  private final CollectorPlan plan;
  private final SourceBook book;
  private final WindowFetcher fetcher;
  private final RunTools tools;
  private final Map<SourceId, SourceSlot> everySlot = new ConcurrentHashMap<>();
  private volatile List<SourceSlot> slots;
  private boolean started;
  private final ScheduledExecutorService timer;
  private final ScheduledExecutorService keeper;
  private final Schedule schedule;
  private final Lanes lanes;
  private final ExecutorService readers;
  private final Pulse timerPulse = new Pulse("collector-timer", LONGEST_STATEMENT);
  private final Pulse keeperPulse = new Pulse("collector-keeper", LONGEST_STATEMENT);
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
    this.timer = Threads.timer("collector-timer");
    this.keeper = Threads.timer("collector-keeper");
    this.schedule = new Schedule(timer);
    this.lanes = new Lanes(plan.workers());
    this.readers = Threads.pool("collector-reader", lanes.slots());
    this.tools = new RunTools(plan, book, fetcher, sink, clock, lanes, readers, () -> stopping);
    this.slots = List.of();
    follow(sources);
    relieve();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // throws nothing
  private void relieve() {
    long pause = Math.max(MOST_OFTEN_MILLIS, plan.slowAfter().toMillis() / 4);
    timer.scheduleWithFixedDelay(lanes::relieve, pause, pause, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(this::abortRetired, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** Again and again: when the source went, its request may only have been about to start. */
  private void abortRetired() {
    timerPulse.beat();
    everySlot.values().stream()
        .filter(slot -> slot.isRetired() && slot.isBusy())
        .forEach(slot -> fetcher.abort(slot.source().id()));
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
      fresh.forEach(schedule::begin);
    }
  }

  private void retire(SourceSlot slot) {
    slot.retire();
    schedule.end(slot);
    fetcher.abort(slot.source().id());
    if (!slot.isBusy()) {
      release(List.of(slot));
    }
  }

  /** Shows what the database knows of the sources, then starts to collect. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what is done again and again throws nothing
  public synchronized void start() {
    started = true;
    recall(slots);
    slots.forEach(schedule::begin);
    keeper.scheduleWithFixedDelay(
        () -> {
          keeperPulse.beat();
          tend("store", book::flush);
        },
        FLUSHED_EVERY_MILLIS,
        FLUSHED_EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
    long keep = book.keepEvery().toMillis();
    keeper.scheduleWithFixedDelay(
        () -> tend("keep the leases of", this::keep), keep, keep, TimeUnit.MILLISECONDS);
    keeper.scheduleWithFixedDelay(
        () -> tend("look after", this::lookElsewhere),
        LOOKED_EVERY_MILLIS,
        LOOKED_EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /**
   * Lets pages being written come to their end, gives up requests, lets go of the leases. Waits for
   * {@link CollectorPlan#stopWait()} at most, then interrupts.
   */
  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    timer.shutdownNow();
    keeper.shutdown();
    lanes.shutdown();
    if (!awaitRuns()) {
      LOG.warn(
          Happening.STOP_TOO_LONG,
          "sources are still written after {}: interrupting them",
          plan.stopWait());
      lanes.interrupt();
    }
    readers.shutdownNow();
    if (!keeper.awaitTermination(plan.stopWait().toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn(
          Happening.STOP_TOO_LONG, "leases are still being prolonged; they run out by themselves");
    }
    release(slots);
  }

  /**
   * Collects what is new from every enabled source now, as many at a time as there are workers.
   * Sources that fail too often are not asked before their pause is over, and those that don't
   * answer are not waited for beyond {@link CollectorPlan#patience()}: both are told.
   *
   * @return completes when the others are through; a failing source is an outcome, no exception
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

  /** The sources that this instance works on. */
  public Set<SourceId> leased() {
    return slots.stream()
        .map(SourceSlot::source)
        .filter(source -> book.fence(source) > 0)
        .map(SourceSpec::id)
        .collect(Collectors.toSet());
  }

  /** Of what starts the runs, and of what keeps the leases. */
  public List<Pulse> pulses() {
    return List.of(timerPulse, keeperPulse);
  }

  private CompletableFuture<CollectReport> runAll(@Nullable Duration lookBack) {
    Map<SourceSlot, CompletableFuture<SourceOutcome>> answers = new LinkedHashMap<>();
    for (SourceSlot slot : slots) {
      answers.put(
          slot,
          slot.isPaused()
              ? CompletableFuture.completedFuture(
                  slot.unasked(Ending.PAUSED, "it failed too often and is left alone for a while"))
              : slot.run(lookBack).copy());
    }
    waitNoLongerThan(plan.patience(), answers);
    List<CompletableFuture<SourceOutcome>> all = List.copyOf(answers.values());
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(
            through -> {
              book.flush();
              return new CollectReport(all.stream().map(CompletableFuture::join).toList());
            });
  }

  /** Answers for those that keep us waiting when the time is over, and for later ones then. */
  @SuppressWarnings("FutureReturnValueIgnored") // throws nothing
  private void waitNoLongerThan(
      Duration time, Map<SourceSlot, CompletableFuture<SourceOutcome>> answers) {
    timer.schedule(
        () -> {
          answers.forEach(
              (slot, answer) -> {
                if (slot.keepsWaiting()) {
                  answer.complete(slot.unasked(Ending.LATE, "it has not answered yet"));
                }
              });
          if (!answers.values().stream().allMatch(CompletableFuture::isDone)) {
            waitNoLongerThan(ASKED_AGAIN, answers);
          }
        },
        time.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void keep() {
    book.keep(slots.stream().map(SourceSlot::source).toList());
  }

  /** Shows where the sources stand that another instance has. */
  private void lookElsewhere() {
    List<SourceSlot> elsewhere =
        slots.stream().filter(slot -> book.isWatchedElsewhere(slot.source())).toList();
    progressOf(elsewhere).forEach((slot, progress) -> slot.noteProgress(progress, 0));
  }

  private void recall(List<SourceSlot> these) {
    try {
      book.keep(these.stream().map(SourceSlot::source).toList());
      progressOf(these)
          .forEach((slot, progress) -> slot.recall(progress, book.fence(slot.source())));
    } catch (RuntimeException e) {
      LOG.warn(Happening.DATABASE_FAILED, "what is known of the sources cannot be read yet", e);
    }
  }

  private Map<SourceSlot, SourceProgress> progressOf(List<SourceSlot> these) {
    Map<String, SourceProgress> known =
        book.progressOf(these.stream().map(SourceSlot::source).toList()).stream()
            .collect(Collectors.toMap(SourceProgress::sourceId, Function.identity()));
    Map<SourceSlot, SourceProgress> found = new LinkedHashMap<>();
    for (SourceSlot slot : these) {
      SourceId id = slot.source().id();
      found.put(slot, known.getOrDefault(id.value(), SourceProgress.none(id)));
    }
    return found;
  }

  private static void tend(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.warn(Happening.DATABASE_FAILED, "cannot {} the sources now; it is tried again", what, e);
    }
  }

  private boolean awaitRuns() throws InterruptedException {
    long until = System.nanoTime() + plan.stopWait().toNanos();
    do {
      // Again and again: a request may only be about to start.
      slots.stream().filter(SourceSlot::isBusy).forEach(slot -> fetcher.abort(slot.source().id()));
      if (lanes.awaitEnd(Duration.ofMillis(ABORT_AGAIN_MILLIS))) {
        return true;
      }
    } while (System.nanoTime() < until);
    return false;
  }

  private void release(List<SourceSlot> these) {
    try {
      book.release(these.stream().map(SourceSlot::source).toList());
    } catch (RuntimeException e) {
      LOG.warn(
          Happening.DATABASE_FAILED, "leases are not let go of; they run out by themselves", e);
    }
  }
}
