package plus.svc.billing.audit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.IntStream;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
import plus.svc.billing.platform.Micros;

/** What is asked of snapshots here alone. */
final class Snapshots {

  private Snapshots() {}

  /** What both say together, under the guard of the first. */
  static NodeSnapshot merged(NodeSnapshot archived, NodeSnapshot told) {
    NodeSnapshot both = archived.merge(told);
    return new NodeSnapshot(
        both.atMicros(),
        both.startedAtMicros(),
        archived.maxBytesPerSecond(),
        both.ordinals(),
        both.uplink(),
        both.downlink());
  }

  /** Whether both hold the same epoch and counters. */
  static boolean sameContent(NodeSnapshot one, NodeSnapshot other) {
    return one.startedAtMicros() == other.startedAtMicros()
        && Arrays.equals(one.ordinals(), other.ordinals())
        && Arrays.equals(one.uplink(), other.uplink())
        && Arrays.equals(one.downlink(), other.downlink());
  }

  /** The digest of what a row holds, as far as its series are known. */
  static String digest(AuditedNode node, NodeSnapshot snapshot, SnapshotDigest maker) {
    maker.begin(Micros.toNullable(snapshot.startedAtMicros()));
    IntStream.range(0, snapshot.ordinals().length)
        .filter(i -> snapshot.ordinals()[i] >= 0 && snapshot.ordinals()[i] < node.keys.size())
        .boxed()
        .sorted(Comparator.comparing(i -> node.keys.get(snapshot.ordinals()[i])))
        .forEach(
            i ->
                maker.add(
                    node.keys.get(snapshot.ordinals()[i]),
                    snapshot.uplink()[i],
                    snapshot.downlink()[i]));
    return hex(maker.end());
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
