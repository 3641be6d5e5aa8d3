package plus.svc.billing.pipeline;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
import plus.svc.billing.platform.Micros;

/** Snapshots of one node as the columns the archive holds, with the digest of what they say. */
final class NodeColumns {

  private final SeriesDictionary dictionary;
  private final SnapshotDigest digest = new SnapshotDigest();

  NodeColumns(SeriesDictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** A snapshot whose series are interned, under the guard it came with. */
  Archive.Entry entry(Snapshot snapshot, long maxBytesPerSecond) {
    return new Archive.Entry(columns(snapshot, maxBytesPerSecond), digest.of(snapshot));
  }

  /** The digest of a snapshot as sent. */
  byte[] digestOf(Snapshot snapshot) {
    return digest.of(snapshot);
  }

  /** What two tellings of one instant say together. */
  Archive.Entry merged(Archive.Entry one, Archive.Entry other) {
    NodeSnapshot both = one.snapshot().merge(other.snapshot());
    return new Archive.Entry(both, digestOf(both));
  }

  /** Whether an archived snapshot still says what it said when it was archived. */
  boolean isIntact(Archive.Entry entry) {
    for (int ordinal : entry.snapshot().ordinals()) {
      if (ordinal < 0 || ordinal >= dictionary.size()) {
        return false;
      }
    }
    return Arrays.equals(entry.digest(), digestOf(entry.snapshot()));
  }

  private byte[] digestOf(NodeSnapshot snapshot) {
    digest.begin(Micros.toNullable(snapshot.startedAtMicros()));
    Integer[] bySeries = Arrays.stream(snapshot.ordinals()).boxed().toArray(Integer[]::new);
    Map<Integer, Integer> position = new HashMap<>();
    for (int i = 0; i < snapshot.ordinals().length; i++) {
      position.put(snapshot.ordinals()[i], i);
    }
    Arrays.sort(bySeries, (a, b) -> dictionary.key(a).compareTo(dictionary.key(b)));
    for (int ordinal : bySeries) {
      int i = position.getOrDefault(ordinal, 0);
      digest.add(dictionary.key(ordinal), snapshot.uplink()[i], snapshot.downlink()[i]);
    }
    return digest.end();
  }

  /** Ascending by ordinal. */
  private NodeSnapshot columns(Snapshot snapshot, long maxBytesPerSecond) {
    List<Sample> list = snapshot.samples();
    long[] order = new long[list.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = ((long) dictionary.ordinal(list.get(i).series()) << 32) | i;
    }
    Arrays.sort(order);
    int[] ordinals = new int[order.length];
    long[] uplink = new long[order.length];
    long[] downlink = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      Sample sample = list.get((int) order[i]);
      ordinals[i] = (int) (order[i] >>> 32);
      uplink[i] = sample.uplinkBytes();
      downlink[i] = sample.downlinkBytes();
    }
    return new NodeSnapshot(
        Micros.of(snapshot.collectedAt()),
        Micros.ofNullable(snapshot.startedAt()),
        maxBytesPerSecond,
        ordinals,
        uplink,
        downlink);
  }
}
