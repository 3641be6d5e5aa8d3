package plus.svc.billing.pipeline.metering;

import java.util.Arrays;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/**
 * The last known counters of a node's series, as columns indexed by the series' ordinal. Mutable,
 * one owner at a time; {@link #copy()} before a trial run.
 */
public final class NodeState {

  /** Stands for "no such instant". */
  public static final long NEVER = NodeSnapshot.NEVER;

  long firstAt = NEVER;
  long headAt = NEVER;
  long startedAt = NEVER;
  long[] uplink = {};
  long[] downlink = {};
  long[] sinceAt = {};
  long[] knownAt = {};
  long[] seenAt = {};
  int[] restarts = {};

  /** A node that was never observed. */
  public NodeState() {}

  /** A state as it was stored; columns of equal length, instants in microseconds or NEVER. */
  @SuppressWarnings("TooManyParameters")
  public static NodeState of(
      long firstAt,
      long headAt,
      long startedAt,
      long[] uplink,
      long[] downlink,
      long[] sinceAt,
      long[] knownAt,
      long[] seenAt,
      int[] restarts) {
    NodeState state = new NodeState();
    state.firstAt = firstAt;
    state.headAt = headAt;
    state.startedAt = startedAt;
    state.uplink = uplink.clone();
    state.downlink = downlink.clone();
    state.sinceAt = sinceAt.clone();
    state.knownAt = knownAt.clone();
    state.seenAt = seenAt.clone();
    state.restarts = restarts.clone();
    return state;
  }

  /** An independent copy. */
  public NodeState copy() {
    return of(firstAt, headAt, startedAt, uplink, downlink, sinceAt, knownAt, seenAt, restarts);
  }

  void ensure(int ordinal) {
    int old = uplink.length;
    if (ordinal < old) {
      return;
    }
    int size = Math.max(ordinal + 1, old + old / 4);
    uplink = Arrays.copyOf(uplink, size);
    downlink = Arrays.copyOf(downlink, size);
    sinceAt = Arrays.copyOf(sinceAt, size);
    knownAt = Arrays.copyOf(knownAt, size);
    seenAt = Arrays.copyOf(seenAt, size);
    restarts = Arrays.copyOf(restarts, size);
    Arrays.fill(sinceAt, old, size, NEVER);
    Arrays.fill(knownAt, old, size, NEVER);
    Arrays.fill(seenAt, old, size, NEVER);
  }

  /** Instant of the first snapshot ever, in microseconds, or NEVER. */
  public long firstAt() {
    return firstAt;
  }

  /** Instant of the newest snapshot, in microseconds, or NEVER. */
  public long headAt() {
    return headAt;
  }

  /** Epoch of the counting process, in microseconds, or NEVER. */
  public long startedAt() {
    return startedAt;
  }

  /** How many ordinals the columns hold. */
  public int size() {
    return uplink.length;
  }

  public long[] uplink() {
    return uplink.clone();
  }

  public long[] downlink() {
    return downlink.clone();
  }

  public long[] sinceAt() {
    return sinceAt.clone();
  }

  public long[] knownAt() {
    return knownAt.clone();
  }

  public long[] seenAt() {
    return seenAt.clone();
  }

  public int[] restarts() {
    return restarts.clone();
  }

  /** Last accepted uplink total of a series, 0 if none. */
  public long uplinkOf(int ordinal) {
    return ordinal < uplink.length ? uplink[ordinal] : 0L;
  }

  /** Last accepted downlink total of a series, 0 if none. */
  public long downlinkOf(int ordinal) {
    return ordinal < downlink.length ? downlink[ordinal] : 0L;
  }

  /** How often a series' counter was seen to begin at zero again. */
  public int restartsOf(int ordinal) {
    return ordinal < restarts.length ? restarts[ordinal] : 0;
  }

  /** Whether two states meter whatever follows alike. */
  public boolean sameAs(NodeState other) {
    return firstAt == other.firstAt
        && headAt == other.headAt
        && startedAt == other.startedAt
        && sameColumns(other);
  }

  private boolean sameColumns(NodeState other) {
    NodeState wide = size() >= other.size() ? this : other;
    NodeState narrow = wide == this ? other : this;
    int n = narrow.size();
    for (int i = n; i < wide.size(); i++) {
      if (wide.seenAt[i] != NEVER) {
        return false;
      }
    }
    return Arrays.equals(uplink, 0, n, other.uplink, 0, n)
        && Arrays.equals(downlink, 0, n, other.downlink, 0, n)
        && Arrays.equals(sinceAt, 0, n, other.sinceAt, 0, n)
        && Arrays.equals(knownAt, 0, n, other.knownAt, 0, n)
        && Arrays.equals(seenAt, 0, n, other.seenAt, 0, n)
        && Arrays.equals(restarts, 0, n, other.restarts, 0, n);
  }
}
