package plus.svc.billing.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.audit.reference.NodeReference;
import plus.svc.billing.audit.reference.ReadingRules;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/** A node while it is looked at: what it is, its series, and where its reference stands. */
final class AuditedNode {

  final EvidenceDao.NodeRow row;
  final String source;
  final Timeline timeline;
  final List<SeriesKey> keys = new ArrayList<>();
  final List<@Nullable UUID> accounts = new ArrayList<>();
  final Map<ReadingRules.Sample, plus.svc.billing.pipeline.metering.Decision> decisions =
      new HashMap<>();

  /** Stored states by the instant of their newest reading, those of the stretch at hand. */
  final TreeMap<Long, EvidenceDao.StateRow> stored = new TreeMap<>();

  /** Minutes in which the archive is not what it was: what they touch is judged mildly. */
  final Set<Long> suspect = new HashSet<>();

  final NodeTotals totals = new NodeTotals();

  NodeReference reference;

  /** First minute that can be judged, and the end of what was asked for. */
  final long from;

  final long until;

  /** Minutes asked for whose evidence was pruned. */
  final long pruned;

  /** How far its source was read, null if no source reads it. */
  @Nullable Instant completedUntil;

  private int @Nullable [] rank;

  AuditedNode(EvidenceDao.NodeRow row, String source, AuditRequest request, Timeline.Sink sink) {
    this.row = row;
    this.source = source;
    this.timeline = new Timeline(this, sink);
    this.reference = new NodeReference(new ReadingRules(false, Counter.NEVER, Map.of()));
    long first = row.firstAt() == null ? request.endMinute() : Minutes.floor(row.firstAt());
    long seen = Math.min(Math.max(request.firstMinute(), first), request.endMinute());
    long kept = row.archiveFrom() == null ? seen : Minutes.floor(row.archiveFrom());
    this.from = Math.min(Math.max(seen, kept), request.endMinute());
    this.pruned = from - seen;
    this.until = request.endMinute();
  }

  int key() {
    return row.nodeKey();
  }

  String composed() {
    return row.composed();
  }

  /** Up to this minute an earlier writer may have billed too. */
  long lastForeignMinute() {
    return Minutes.floor(row.billingFrom());
  }

  Instant start() {
    return Minutes.start(from);
  }

  /** The minute of the newest reading that was taken, before all time if there is none. */
  long headMinute() {
    return row.headAt() == null ? Long.MIN_VALUE : Minutes.floor(row.headAt());
  }

  void beginAt(EvidenceDao.@Nullable StateRow base) {
    ReadingRules rules =
        new ReadingRules(row.countFirst(), Micros.of(row.billingFrom()), decisions);
    reference =
        base == null
            ? new NodeReference(rules)
            : NodeReference.at(
                rules, base.firstAt(), base.headAt(), base.startedAt(), base.counters());
  }

  /** Whether the snapshot's content is what the digest was made of. */
  boolean isGenuine(NodeSnapshot snapshot, byte[] digest, SnapshotDigest maker) {
    int size = snapshot.ordinals().length;
    long[] order = new long[size];
    for (int i = 0; i < size; i++) {
      int ordinal = snapshot.ordinals()[i];
      if (ordinal < 0 || ordinal >= keys.size()) {
        return false;
      }
      order[i] = ((long) rank()[ordinal] << 32) | i;
    }
    java.util.Arrays.sort(order);
    maker.begin(Micros.toNullable(snapshot.startedAtMicros()));
    for (long place : order) {
      int i = (int) place;
      maker.add(keys.get(snapshot.ordinals()[i]), snapshot.uplink()[i], snapshot.downlink()[i]);
    }
    return java.util.Arrays.equals(maker.end(), digest);
  }

  private int[] rank() {
    int[] ranks = rank;
    if (ranks == null || ranks.length != keys.size()) {
      List<Integer> sorted = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        sorted.add(i);
      }
      sorted.sort(Comparator.comparing(keys::get));
      ranks = new int[keys.size()];
      for (int i = 0; i < ranks.length; i++) {
        ranks[sorted.get(i)] = i;
      }
      rank = ranks;
    }
    return ranks;
  }
}
