package plus.svc.billing.pipeline.snapshot;

import java.util.Arrays;

/**
 * A snapshot as columns, the series given by their ordinals within the node.
 *
 * @param atMicros instant in microseconds since 1970
 * @param startedAtMicros epoch of the counting process, {@link #NEVER} if not sent
 * @param maxBytesPerSecond a faster rise up to this snapshot is set aside: the guard it came with,
 *     so that what is configured later judges nothing anew
 * @param ordinals ascending, each once; {@code uplink} and {@code downlink} run in parallel
 */
@SuppressWarnings(
    "ArrayRecordComponent") // columns of the hot path: compared through the digest, never by equals
public record NodeSnapshot(
    long atMicros,
    long startedAtMicros,
    long maxBytesPerSecond,
    int[] ordinals,
    long[] uplink,
    long[] downlink) {

  /** Stands for "no such instant". */
  public static final long NEVER = -1L;

  public NodeSnapshot {
    if (ordinals.length != uplink.length || ordinals.length != downlink.length) {
      throw new IllegalArgumentException("columns of a snapshot differ in length");
    }
  }

  /**
   * What two snapshots of one node and instant say together: the later epoch, and within one epoch
   * the larger counter of each series; the wider guard. Commutative, associative and idempotent, so
   * that neither order nor repetition of deliveries matters.
   */
  public NodeSnapshot merge(NodeSnapshot other) {
    if (atMicros != other.atMicros) {
      throw new IllegalArgumentException("merge is for snapshots of one instant");
    }
    long guard = Math.max(maxBytesPerSecond, other.maxBytesPerSecond);
    if (startedAtMicros != other.startedAtMicros) {
      return (startedAtMicros > other.startedAtMicros ? this : other).guardedBy(guard);
    }
    int[] merged = new int[ordinals.length + other.ordinals.length];
    long[] up = new long[merged.length];
    long[] down = new long[merged.length];
    int size = 0;
    int left = 0;
    int right = 0;
    while (left < ordinals.length || right < other.ordinals.length) {
      int mine = left < ordinals.length ? ordinals[left] : Integer.MAX_VALUE;
      int theirs = right < other.ordinals.length ? other.ordinals[right] : Integer.MAX_VALUE;
      merged[size] = Math.min(mine, theirs);
      if (mine <= theirs) {
        up[size] = uplink[left];
        down[size] = downlink[left];
        left++;
      }
      if (theirs <= mine) {
        up[size] = Math.max(up[size], other.uplink[right]);
        down[size] = Math.max(down[size], other.downlink[right]);
        right++;
      }
      size++;
    }
    return new NodeSnapshot(
        atMicros,
        startedAtMicros,
        guard,
        Arrays.copyOf(merged, size),
        Arrays.copyOf(up, size),
        Arrays.copyOf(down, size));
  }

  private NodeSnapshot guardedBy(long guard) {
    return guard == maxBytesPerSecond
        ? this
        : new NodeSnapshot(atMicros, startedAtMicros, guard, ordinals, uplink, downlink);
  }
}
