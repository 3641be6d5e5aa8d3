package plus.svc.billing.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.audit.reference.Outcome;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.platform.Micros;

/** What a node's readings come to in a stretch of time, and what is written of it. */
final class NodeSlice implements Outcome {

  final AuditedNode node;

  /** By minute, then by place. */
  final TreeMap<Long, Map<Place, Bytes>> expected = new TreeMap<>();

  final TreeMap<Long, List<FactsDao.BucketRow>> written = new TreeMap<>();
  final TreeMap<Long, Map<Place, Bytes>> unattributed = new TreeMap<>();
  final List<Aside> asides = new ArrayList<>();
  final TreeMap<Long, AtRisk> restarts = new TreeMap<>();

  /** Minutes with a reading that was taken, and how many samples their last one has. */
  final TreeMap<Long, Integer> observed = new TreeMap<>();

  /** Of these, those before which the process restarted, or something fell. */
  final Set<Long> risky = new HashSet<>();

  final Set<Long> asideMinutes = new TreeSet<>();

  private NodeSnapshot reading =
      new NodeSnapshot(0, Counter.NEVER, 0, new int[0], new long[0], new long[0]);

  NodeSlice(AuditedNode node) {
    this.node = node;
  }

  /** Takes the next reading. */
  void read(NodeSnapshot snapshot) {
    reading = snapshot;
    node.reference.read(snapshot, this);
    observed.put(minuteOf(snapshot.atMicros()), snapshot.ordinals().length);
  }

  static long minuteOf(long micros) {
    return Math.floorDiv(micros, 60_000_000L);
  }

  @Override
  public void usage(int series, long minute, long uplinkBytes, long downlinkBytes) {
    expected
        .computeIfAbsent(minute, m -> new TreeMap<>())
        .merge(Place.of(node, series), new Bytes(uplinkBytes, downlinkBytes), Bytes::plus);
  }

  @Override
  public void aside(Aside sample) {
    asides.add(sample);
    asideMinutes.add(minuteOf(sample.atMicros()));
    if (sample.fellNow()) {
      risky.add(minuteOf(sample.atMicros()));
    }
  }

  @Override
  public void restart(Restart restart) {
    long end = restart.byEpoch() ? reading.startedAtMicros() : restart.atMicros();
    long blind = Math.max(0, Math.min(end, restart.atMicros()) - restart.blindFromMicros());
    restarts.put(
        restart.atMicros(),
        new AtRisk(
            Micros.toInstant(restart.atMicros()),
            Micros.toInstant(restart.blindFromMicros()),
            blind,
            restart.byEpoch(),
            restart.seriesCount(),
            restart.hiddenBytes(),
            reading.maxBytesPerSecond()));
    risky.add(minuteOf(restart.atMicros()));
  }
}
