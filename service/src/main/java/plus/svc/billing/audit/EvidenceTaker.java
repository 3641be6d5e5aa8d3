package plus.svc.billing.audit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
import plus.svc.billing.platform.Micros;

/**
 * Gives a node's reference its readings: from the archive where a row is what its digest says, and
 * what exporters tell where the archive lacks it; and holds kept states and checkpoints against the
 * reference as it passes them.
 */
final class EvidenceTaker {

  private final Findings findings;
  private final Map<Integer, BucketCheck> checks;
  private final Map<Integer, CheckpointCheck> checkpoints = new HashMap<>();
  private final SnapshotDigest digest = new SnapshotDigest();

  EvidenceTaker(Findings findings, Map<Integer, BucketCheck> checks) {
    this.findings = findings;
    this.checks = checks;
  }

  void compareCheckpoints(AuditedNode node, List<FactsDao.CheckpointRow> rows) {
    checkpoints.put(node.key(), new CheckpointCheck(node, rows, findings));
  }

  boolean isGenuine(AuditedNode node, EvidenceDao.SnapshotRow row) {
    return node.isGenuine(row.snapshot(), row.digest(), digest);
  }

  /** What exporters tell of a stretch of time. */
  Overlay over(Map<Integer, NavigableMap<Long, Exporters.Told>> told) {
    return new Overlay(told);
  }

  /** What exporters tell, put between what the archive holds. */
  final class Overlay {
    private final Map<Integer, NavigableMap<Long, Exporters.Told>> told;

    private Overlay(Map<Integer, NavigableMap<Long, Exporters.Told>> told) {
      this.told = told;
    }

    /** Takes what the archive lacks before an instant. */
    void before(NodeSlice slice, long micros) {
      NavigableMap<Long, Exporters.Told> ofNode =
          told.getOrDefault(slice.node.key(), new TreeMap<>());
      while (!ofNode.isEmpty() && ofNode.firstKey() < micros) {
        long at = ofNode.firstKey();
        Exporters.Told first = ofNode.pollFirstEntry().getValue();
        if (at > fetchedUntil(slice.node) || at < Micros.of(slice.node.start())) {
          continue; // pending, or from before the node was billed
        }
        @Nullable BucketCheck check = checks.get(slice.node.key());
        if (check != null) {
          check.tellLostAt(Micros.toInstant(at), first.source());
        }
        read(slice, first.snapshot());
      }
    }

    /** Takes an instant that the archive holds. */
    void at(NodeSlice slice, EvidenceDao.SnapshotRow row) {
      Exporters.@Nullable Told same =
          told.getOrDefault(slice.node.key(), new TreeMap<>()).remove(row.snapshot().atMicros());
      if (same == null) {
        take(row, slice, true);
        return;
      }
      if (!isGenuine(slice.node, row)) {
        tellTampered(slice.node, row);
        read(slice, same.snapshot());
        return;
      }
      NodeSnapshot both = Snapshots.merged(row.snapshot(), same.snapshot());
      if (same.isSame(row.digest()) || Snapshots.sameContent(both, row.snapshot())) {
        take(row, slice);
        return;
      }
      findings.add(
          Finding.ofNode(
              Kind.SNAPSHOT_DIFFERS,
              slice.node,
              Micros.toInstant(row.snapshot().atMicros()),
              "what the exporter tells",
              "what the archive holds",
              "the exporter tells larger counters, or a later start, for this instant"));
      read(slice, both);
    }
  }

  /** What exporters have beyond it is under way. */
  private static long fetchedUntil(AuditedNode node) {
    @Nullable Instant head = node.row.headAt();
    @Nullable Instant read = node.completedUntil;
    long newest = head == null ? Counter.NEVER : Micros.of(head);
    return read == null ? newest : Math.min(newest, Micros.of(read));
  }

  /** Takes an archived snapshot, unless it is not what its digest says. */
  void take(EvidenceDao.SnapshotRow row, NodeSlice slice, boolean judged) {
    if (!isGenuine(slice.node, row)) {
      tellTampered(slice.node, row);
    } else if (judged) {
      take(row, slice);
    } else {
      slice.read(row.snapshot());
    }
  }

  private void take(EvidenceDao.SnapshotRow row, NodeSlice slice) {
    read(slice, row.snapshot());
    slice.node.totals.snapshots++;
    @Nullable CheckpointCheck checkpoint = checkpoints.get(slice.node.key());
    if (checkpoint != null) {
      checkpoint.read(row.snapshot().atMicros(), row.receivedAt());
    }
  }

  private void tellTampered(AuditedNode node, EvidenceDao.SnapshotRow row) {
    long at = row.snapshot().atMicros();
    node.suspect.add(Math.floorDiv(at, 60_000_000L));
    node.stored.remove(at);
    findings.add(
        Finding.ofNode(
            Kind.TAMPERED_SNAPSHOT,
            node,
            Micros.toInstant(at),
            Snapshots.digest(node, row.snapshot(), digest),
            Snapshots.hex(row.digest()),
            "the archived counters are not those that the digest was made of when they came"
                + " (expected: the digest of what is there, found: the digest stored)"));
  }

  private void read(NodeSlice slice, NodeSnapshot snapshot) {
    AuditedNode node = slice.node;
    slice.read(snapshot);
    EvidenceDao.@Nullable StateRow kept = node.stored.remove(snapshot.atMicros());
    if (kept != null) {
      StateCheck.compare(node, node.reference, kept)
          .ifPresent(
              difference ->
                  findings.add(
                      Finding.ofNode(
                          Kind.STATE_DIFFERS,
                          node,
                          Micros.toInstant(snapshot.atMicros()),
                          difference.expected(),
                          difference.found(),
                          difference.what() + " is not what the archive leads to")));
    }
  }
}
