package plus.svc.billing.pipeline.metering;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/**
 * The counters of a node's series as they were seen last, as columns indexed by the series'
 * ordinal, and aside from them the counters that were accepted last, for the few series whose
 * newest sample was set aside. Mutable, one owner at a time; {@link #copy()} before a trial run.
 */
public final class NodeState {

  /** Stands for "no such instant". */
  public static final long NEVER = NodeSnapshot.NEVER;

  long firstAt = NEVER;
  long headAt = NEVER;
  long startedAt = NEVER;
  long[] uplink = {};
  long[] downlink = {};
  long[] uplinkSince = {};
  long[] downlinkSince = {};
  long[] seenAt = {};
  int[] restarts = {};
  final SortedMap<Integer, Counters> accepted = new TreeMap<>();

  /** Counters that were accepted, in bytes. */
  public record Counters(long uplink, long downlink) {}

  /** A node that was never observed. */
  public NodeState() {}

  /**
   * A state as it was stored; columns of equal length, instants in microseconds or NEVER.
   *
   * @param accepted by ordinal, the counters accepted last of series whose newest sample was not
   */
  @SuppressWarnings("TooManyParameters")
  public static NodeState of(
      long firstAt,
      long headAt,
      long startedAt,
      long[] uplink,
      long[] downlink,
      long[] uplinkSince,
      long[] downlinkSince,
      long[] seenAt,
      int[] restarts,
      Map<Integer, Counters> accepted) {
    NodeState state = new NodeState();
    state.firstAt = firstAt;
    state.headAt = headAt;
    state.startedAt = startedAt;
    state.uplink = uplink.clone();
    state.downlink = downlink.clone();
    state.uplinkSince = uplinkSince.clone();
    state.downlinkSince = downlinkSince.clone();
    state.seenAt = seenAt.clone();
    state.restarts = restarts.clone();
    state.accepted.putAll(accepted);
    return state;
  }

  /** An independent copy. */
  public NodeState copy() {
    return of(
        firstAt,
        headAt,
        startedAt,
        uplink,
        downlink,
        uplinkSince,
        downlinkSince,
        seenAt,
        restarts,
        accepted);
  }

  void ensure(int ordinal) {
    int old = uplink.length;
    if (ordinal < old) {
      return;
    }
    int size = Math.max(ordinal + 1, old + old / 4);
    uplink = Arrays.copyOf(uplink, size);
    downlink = Arrays.copyOf(downlink, size);
    uplinkSince = Arrays.copyOf(uplinkSince, size);
    downlinkSince = Arrays.copyOf(downlinkSince, size);
    seenAt = Arrays.copyOf(seenAt, size);
    restarts = Arrays.copyOf(restarts, size);
    Arrays.fill(uplinkSince, old, size, NEVER);
    Arrays.fill(downlinkSince, old, size, NEVER);
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

  public long[] uplinkSince() {
    return uplinkSince.clone();
  }

  public long[] downlinkSince() {
    return downlinkSince.clone();
  }

  public long[] seenAt() {
    return seenAt.clone();
  }

  public int[] restarts() {
    return restarts.clone();
  }

  /** By ordinal, the counters accepted last of the series whose newest sample was set aside. */
  public SortedMap<Integer, Counters> accepted() {
    return Collections.unmodifiableSortedMap(accepted);
  }

  /** Last accepted uplink total of a series, 0 if none. */
  public long acceptedUplink(int ordinal) {
    @Nullable Counters kept = accepted.isEmpty() ? null : accepted.get(ordinal);
    if (kept != null) {
      return kept.uplink();
    }
    return ordinal < uplink.length ? uplink[ordinal] : 0L;
  }

  /** Last accepted downlink total of a series, 0 if none. */
  public long acceptedDownlink(int ordinal) {
    @Nullable Counters kept = accepted.isEmpty() ? null : accepted.get(ordinal);
    if (kept != null) {
      return kept.downlink();
    }
    return ordinal < downlink.length ? downlink[ordinal] : 0L;
  }

  /** Keeps what was accepted of a series, before a sample that is set aside is seen. */
  void keepAccepted(int ordinal) {
    accepted.putIfAbsent(ordinal, new Counters(uplink[ordinal], downlink[ordinal]));
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
        && accepted.equals(other.accepted)
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
        && Arrays.equals(uplinkSince, 0, n, other.uplinkSince, 0, n)
        && Arrays.equals(downlinkSince, 0, n, other.downlinkSince, 0, n)
        && Arrays.equals(seenAt, 0, n, other.seenAt, 0, n)
        && Arrays.equals(restarts, 0, n, other.restarts, 0, n);
  }
}
