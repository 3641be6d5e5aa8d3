package plus.svc.billing.collector;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.platform.log.Happening;

/** Gives each source its turns, by {@link Pace}: the first at once, the next when one is over. */
final class Schedule {

  private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);

  private final ScheduledExecutorService timer;

  /** Guarded by this. */
  private final Map<SourceId, Entry> entries = new HashMap<>();

  Schedule(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Where a source is on its grid; only the thread that ends or plans a turn touches it. */
  private static final class Entry {
    private final SourceSlot slot;
    private long gridNanos = System.nanoTime();
    private boolean spread;
    private volatile boolean over;
    private @Nullable Future<?> next;

    Entry(SourceSlot slot) {
      this.slot = slot;
    }
  }

  /** From now on the source has its turns, as it is configured now. */
  synchronized void begin(SourceSlot slot) {
    Entry entry = new Entry(slot);
    Entry old = entries.put(slot.source().id(), entry);
    if (old != null) {
      cancel(old);
    }
    timer.execute(() -> tick(entry));
  }

  /** The source has no more turns. */
  synchronized void end(SourceSlot slot) {
    Entry old = entries.remove(slot.source().id());
    if (old != null) {
      cancel(old);
    }
  }

  private static void cancel(Entry entry) {
    entry.over = true;
    if (entry.next != null) {
      entry.next.cancel(false);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the slot keeps and shows what becomes of it
  private void tick(Entry entry) {
    if (entry.over) {
      return;
    }
    try {
      entry.slot.run(null).whenComplete((outcome, thrown) -> plan(entry));
    } catch (RuntimeException e) {
      LOG.error(
          Happening.COLLECTION_BROKE,
          "source {}: its turn could not start",
          entry.slot.source().id(),
          e);
      plan(entry);
    }
  }

  private synchronized void plan(Entry entry) {
    if (!entry.over) {
      Duration delay = delay(entry);
      entry.next = timer.schedule(() -> tick(entry), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private static Duration delay(Entry entry) {
    Duration interval = entry.slot.source().collectInterval();
    double chance = ThreadLocalRandom.current().nextDouble();
    long now = System.nanoTime();
    Duration pause = entry.slot.pauseLeft();
    if (!pause.isNegative() && !pause.isZero()) {
      return pause;
    }
    if (!entry.spread) {
      entry.spread = true;
      entry.gridNanos -= Pace.shift(interval, chance).toNanos();
    }
    Pace.Turn turn = Pace.next(interval, Duration.ofNanos(now - entry.gridNanos), chance);
    long at = entry.gridNanos + turn.at().toNanos();
    entry.gridNanos += turn.grid().toNanos();
    return Duration.ofNanos(at - now);
  }
}
