package plus.svc.billing.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.MeterPolicy;
import plus.svc.billing.pipeline.metering.Metering;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * A node's usage derived anew from its archive. It begins at a kept state that the archive bears
 * out; where the archive was tampered with or lost a snapshot it goes on at the next kept state,
 * and the minutes between are not judged.
 */
final class Derivation {

  private static final long MICROS_PER_HOUR = 3_600_000_000L;

  private final NodeStore store;
  private final NodeStore.Node node;
  private final Archive archive;
  private final NodeColumns columns;
  private final MeterPolicy policy;
  private final Decisions decisions;

  private final MeterLog log = new MeterLog();
  private final List<NodeState> kept = new ArrayList<>();
  private final Set<Long> unknown = new HashSet<>();
  private final BiConsumer<Long, String> broken;
  private NodeState state = new NodeState();
  private Metering metering;
  private ArchiveWalk walk;
  private boolean atHead;
  private boolean asStored;

  /**
   * @param broken takes the instant, in microseconds, of evidence that is no more, and what
   *     happened
   */
  Derivation(
      NodeStore store,
      NodeStore.Node node,
      Archive archive,
      NodeColumns columns,
      Decisions decisions,
      BiConsumer<Long, String> broken) {
    this.store = store;
    this.node = node;
    this.archive = archive;
    this.columns = columns;
    this.policy = new MeterPolicy(node.countFirst(), Micros.of(node.billingFrom()));
    this.decisions = decisions;
    this.broken = broken;
    this.metering = new Metering(policy, decisions, state, log);
    this.walk = new ArchiveWalk(archive, NodeState.NEVER, Long.MAX_VALUE);
  }

  /** Begins before an instant, at the newest kept state that the archive bears out. */
  void begin(long beforeMicros) {
    goOn(base(beforeMicros));
  }

  private void goOn(NodeState from) {
    state = from.copy();
    metering = new Metering(policy, decisions, state, log);
    walk = new ArchiveWalk(archive, state.headAt(), Long.MAX_VALUE);
  }

  private NodeState base(long beforeMicros) {
    Optional<NodeState> candidate = store.keptBefore(node.nodeKey(), beforeMicros);
    while (candidate.isPresent()) {
      NodeState found = candidate.get();
      Optional<NodeState> earlier = store.keptBefore(node.nodeKey(), found.headAt());
      if (earlier.isEmpty() && node.archiveFrom() != null) {
        return found; // all that is left of the time before
      }
      if (leadsTo(earlier.orElseGet(NodeState::new), found)
          || leadsTo(found, keptFrom(found.headAt() + 1))) {
        return found;
      }
      candidate = earlier;
    }
    return new NodeState();
  }

  /** The state kept at an instant or after it, else the one the node is in. */
  private NodeState keptFrom(long micros) {
    return store.keptFrom(node.nodeKey(), micros).orElse(node.state());
  }

  /** Whether the archive leads from one state to another. */
  private boolean leadsTo(NodeState from, NodeState to) {
    NodeState trial = from.copy();
    Metering run = new Metering(policy, decisions, trial, new MeterLog());
    ArchiveWalk between = new ArchiveWalk(archive, from.headAt(), to.headAt());
    while (between.peek() != null) {
      Archive.Entry entry = between.nextEntry();
      if (!columns.isIntact(entry)) {
        return false;
      }
      run.apply(entry.snapshot());
    }
    return trial.sameAs(to);
  }

  /**
   * Derives on to an instant.
   *
   * @param untilMicros excluded
   * @param lost minutes that had a snapshot which the archive has no more
   */
  void run(long untilMicros, Set<Long> lost) {
    TreeSet<Long> gaps = new TreeSet<>(lost);
    while (true) {
      @Nullable Long next = walk.peek();
      atHead = next == null;
      if (!gaps.isEmpty()
          && (next == null || Minutes.floor(Micros.toInstant(next)) > gaps.first())) {
        long gap = Micros.of(Minutes.start(gaps.first()));
        broken.accept(gap, "the archive has lost the snapshot of this minute");
        if (!resume(gap, gap)) {
          return;
        }
        gaps.headSet(Minutes.floor(Micros.toInstant(state.headAt())), true).clear();
        continue;
      }
      if (next == null || next >= untilMicros) {
        return;
      }
      Archive.Entry entry = walk.nextEntry();
      if (!columns.isIntact(entry)) {
        broken.accept(next, "the archived snapshot is not what was archived: its digest differs");
        if (!resume(next, next)) {
          return;
        }
        continue;
      }
      step(entry);
    }
  }

  private void step(Archive.Entry entry) {
    long at = entry.snapshot().atMicros();
    if (crossesHour(at)) {
      kept.add(state.copy());
    }
    metering.apply(entry.snapshot());
  }

  /** Whether the next snapshot, if there is one, begins another hour. */
  private boolean crossesHour(long at) {
    return state.headAt() != NodeState.NEVER
        && Math.floorDiv(state.headAt(), MICROS_PER_HOUR) != Math.floorDiv(at, MICROS_PER_HOUR);
  }

  /**
   * After the archive was changed: derives on until it meets a kept state that stays what it was,
   * or the node's head.
   *
   * @param mended states that are kept by now in place of those stored, by their instants
   * @return the first minute that the change can't have touched
   */
  long runUntilSettled(long untilMinute, Map<Long, NodeState> mended) {
    while (true) {
      @Nullable Long next = walk.peek();
      atHead = next == null;
      if (next == null) {
        return Math.max(untilMinute, Minutes.floor(Micros.toInstant(state.headAt())) + 1);
      }
      if (crossesHour(next) && state.sameAs(storedAt(state.headAt(), mended))) {
        return Math.max(untilMinute, Minutes.floor(Micros.toInstant(state.headAt())) + 1);
      }
      Archive.Entry entry = walk.nextEntry();
      if (!columns.isIntact(entry)) {
        broken.accept(next, "the archived snapshot is not what was archived: its digest differs");
        if (!resume(next, next)) {
          return Minutes.floor(Micros.toInstant(next)) + 1;
        }
        continue;
      }
      step(entry);
    }
  }

  private NodeState storedAt(long micros, Map<Long, NodeState> mended) {
    @Nullable NodeState instead = mended.get(micros);
    if (instead != null) {
      return instead;
    }
    return store.keptBetween(node.nodeKey(), micros, micros).getOrDefault(micros, new NodeState());
  }

  /** Goes on behind broken evidence; false if nothing behind it is known. */
  private boolean resume(long brokenMicros, long fromMicros) {
    NodeState next = keptFrom(fromMicros);
    long first = Minutes.floor(Micros.toInstant(brokenMicros));
    long head = Math.max(next.headAt(), brokenMicros);
    for (long minute = first; minute <= Minutes.floor(Micros.toInstant(head)); minute++) {
      unknown.add(minute);
    }
    if (next.headAt() < brokenMicros) {
      asStored = true;
      return false;
    }
    asStored = next.sameAs(node.state());
    goOn(next);
    return true;
  }

  /** What metering found; usage in the order of the snapshots. */
  MeterLog log() {
    return log;
  }

  /** The states to be kept on the way: those before each full hour. */
  List<NodeState> kept() {
    return kept;
  }

  NodeState state() {
    return state;
  }

  /** Whether the state is the one the node must be in now, and was derived. */
  boolean isNodeState() {
    return atHead && !asStored;
  }

  /** Whether there is evidence for a minute. */
  boolean knows(long minute) {
    return !unknown.contains(minute);
  }
}
