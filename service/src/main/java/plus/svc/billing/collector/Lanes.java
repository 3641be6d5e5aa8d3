package plus.svc.billing.collector;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A bounded pool in lanes. Each {@link Lane} has slots of its own, so that slow and failing sources
 * wait for one another and never for, or before, a healthy one. Who keeps a slot of the ready lane
 * waiting while others queue for it has to give it up, see {@link #relieve()}.
 */
final class Lanes {

  /** One turn of work for one source. */
  interface Work {

    /** Takes a turn; throws nothing. */
    void turn();

    /** Whether the source has kept this turn waiting for longer than a healthy one would. */
    boolean isHeldUp();

    /** Where it belongs if it is held up: another lane than the ready one. */
    Lane aside();

    /** Ends the turn soon, to be taken aside from the others; may come more than once. */
    void stepAside();

    /** There will be no more turns: the service is stopping. */
    void refuse();
  }

  /** Slots of a lane and who waits for one. */
  private static final class Line {
    private final int slots;
    private final Queue<Work> queue = new ArrayDeque<>();
    private int used;

    Line(int slots) {
      this.slots = slots;
    }

    boolean isFree() {
      return used < slots;
    }
  }

  /** A turn being taken; which lane's slot it uses may change meanwhile. */
  private static final class Turn {
    private final Work work;
    private Lane lane;

    Turn(Work work, Lane lane) {
      this.work = work;
      this.lane = lane;
    }
  }

  private final ThreadPoolExecutor threads;

  // All guarded by this.
  private final Map<Lane, Line> lines = new EnumMap<>(Lane.class);
  private final Set<Turn> running = new HashSet<>();
  private boolean stopped;

  /**
   * Makes a pool.
   *
   * @param ready slots for healthy sources; slow and failing ones have a quarter more each
   */
  Lanes(int ready) {
    lines.put(Lane.READY, new Line(ready));
    lines.put(Lane.SLOW, new Line(Math.max(1, ready / 4)));
    lines.put(Lane.FAILING, new Line(Math.max(1, ready / 4)));
    threads = Threads.pool("collector", slots());
  }

  /** Turns that can be under way at the same time. */
  int slots() {
    return lines.values().stream().mapToInt(line -> line.slots).sum();
  }

  /** Queues work for a turn. */
  void submit(Work work, Lane lane) {
    synchronized (this) {
      if (!stopped) {
        line(lane).queue.add(work);
        dispatch(lane);
        return;
      }
    }
    work.refuse();
  }

  /**
   * Takes slots of the ready lane from sources that keep them waiting: their turn goes on in
   * another lane if that has a slot to spare, else it is cut short where others wait for it.
   */
  void relieve() {
    List<Work> cut = new ArrayList<>();
    synchronized (this) {
      for (Turn turn : running) {
        if (turn.lane == Lane.READY && turn.work.isHeldUp()) {
          Line aside = line(turn.work.aside());
          if (aside.isFree()) {
            line(Lane.READY).used--;
            aside.used++;
            turn.lane = turn.work.aside();
          } else if (cut.size() < line(Lane.READY).queue.size()) {
            cut.add(turn.work);
          }
        }
      }
      dispatch(Lane.READY);
    }
    cut.forEach(Work::stepAside);
  }

  /** Takes no more turns; those under way come to their end. */
  void shutdown() {
    List<Work> left = new ArrayList<>();
    synchronized (this) {
      stopped = true;
      lines.values().forEach(line -> drain(line, left));
      threads.shutdown();
    }
    left.forEach(Work::refuse);
  }

  /** Interrupts the turns under way. */
  void interrupt() {
    threads.shutdownNow();
  }

  /** Whether every turn came to its end within the time. */
  boolean awaitEnd(Duration time) throws InterruptedException {
    return threads.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void drain(Line line, List<Work> into) {
    into.addAll(line.queue);
    line.queue.clear();
  }

  private void dispatch(Lane lane) {
    Line line = line(lane);
    while (line.isFree() && !line.queue.isEmpty()) {
      Turn turn = new Turn(line.queue.remove(), lane);
      line.used++;
      running.add(turn);
      threads.execute(() -> take(turn));
    }
  }

  private void take(Turn turn) {
    try {
      turn.work.turn();
    } finally {
      over(turn);
    }
  }

  private synchronized void over(Turn turn) {
    running.remove(turn);
    line(turn.lane).used--;
    dispatch(turn.lane);
  }

  private Line line(Lane lane) {
    Line line = lines.get(lane);
    if (line == null) {
      throw new IllegalStateException("no lane " + lane);
    }
    return line;
  }
}
