package plus.svc.billing.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.Window;
import plus.svc.billing.pipeline.source.walk.WindowWalk;
import plus.svc.billing.platform.Micros;

/**
 * Asks exporters afresh for what they still remember. One that fails is told and asked no more; its
 * nodes are judged by the archive then.
 */
final class ExporterEvidence implements Exporters {

  private final ExporterAccess access;
  private final AuditRequest request;
  private final Findings findings;
  private final EvidenceDao dao;
  private final Map<AuditedNode, SourceSpec> asked = new LinkedHashMap<>();
  private final Map<AuditedNode, Map<SeriesKey, Integer>> ordinals = new HashMap<>();
  private final Set<String> failed = new TreeSet<>();
  private final SnapshotDigest digest = new SnapshotDigest();

  ExporterEvidence(
      ExporterAccess access, AuditRequest request, Findings findings, EvidenceDao dao) {
    this.access = access;
    this.request = request;
    this.findings = findings;
    this.dao = dao;
  }

  /** The node's source is asked too, if exporters are asked at all. */
  void asks(AuditedNode node, SourceSpec spec) {
    if (request.from() == AuditRequest.From.EXPORTER
        && access.fetcher() != null
        && spec.enabled()
        && spec.mode() != SourceMode.LATEST) {
      asked.put(node, spec);
    }
  }

  @Override
  public Map<Integer, NavigableMap<Long, Told>> fetch(
      List<AuditedNode> nodes, Instant from, Instant until) {
    Map<Integer, NavigableMap<Long, Told>> told = new HashMap<>();
    if (from.isBefore(request.now().minus(access.remembered()))) {
      return told;
    }
    for (AuditedNode node : nodes) {
      @Nullable SourceSpec spec = asked.get(node);
      if (spec != null && !failed.contains(spec.id().value())) {
        told.put(node.key(), fetch(node, spec, from, until));
      }
    }
    return told;
  }

  private NavigableMap<Long, Told> fetch(
      AuditedNode node, SourceSpec spec, Instant from, Instant until) {
    NavigableMap<Long, Told> told = new TreeMap<>();
    var fetcher = access.fetcher();
    if (fetcher == null) {
      return told;
    }
    WindowWalk walk =
        new WindowWalk(fetcher, spec, new Window(from, until), access.pageSnapshots());
    try {
      while (!walk.isDone()) {
        for (Snapshot snapshot : walk.next().snapshots()) {
          boolean ofNode = snapshot.node().composed().equals(node.composed());
          if (ofNode && snapshot.collectedAt().isBefore(until)) {
            Told now = told(node, spec, snapshot);
            told.merge(now.snapshot().atMicros(), now, ExporterEvidence::together);
          }
        }
      }
      node.totals.evidence = "exporter";
    } catch (SourceFailure e) {
      failed.add(spec.id().value());
      node.totals.error = String.valueOf(e.getMessage());
      findings.add(
          Finding.ofNode(
              Kind.UNCHECKED,
              node,
              from,
              "an answer",
              null,
              "source "
                  + spec.id()
                  + " could not be asked, its node is judged by the archive: "
                  + e.getMessage()));
      told.clear();
    }
    return told;
  }

  private static Told together(Told one, Told other) {
    return new Told(one.snapshot().merge(other.snapshot()), new byte[0], one.source());
  }

  private Told told(AuditedNode node, SourceSpec spec, Snapshot snapshot) {
    Map<SeriesKey, Integer> known = ordinals.computeIfAbsent(node, ExporterEvidence::index);
    List<Sample> samples = snapshot.samples();
    long[] order = new long[samples.size()];
    for (int i = 0; i < order.length; i++) {
      SeriesKey key = samples.get(i).series();
      @Nullable Integer ordinal = known.get(key);
      if (ordinal == null) {
        ordinal = node.keys.size();
        node.keys.add(key);
        node.accounts.add(owner(key));
        known.put(key, ordinal);
      }
      order[i] = ((long) ordinal << 32) | i;
    }
    Arrays.sort(order);
    int[] columns = new int[order.length];
    long[] uplink = new long[order.length];
    long[] downlink = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      columns[i] = (int) (order[i] >>> 32);
      uplink[i] = samples.get((int) order[i]).uplinkBytes();
      downlink[i] = samples.get((int) order[i]).downlinkBytes();
    }
    return new Told(
        new NodeSnapshot(
            Micros.of(snapshot.collectedAt()),
            Micros.ofNullable(snapshot.startedAt()),
            spec.maxBytesPerSecond(),
            columns,
            uplink,
            downlink),
        digest.of(snapshot),
        spec.id().value());
  }

  private static Map<SeriesKey, Integer> index(AuditedNode node) {
    Map<SeriesKey, Integer> index = new HashMap<>();
    for (int i = 0; i < node.keys.size(); i++) {
      index.put(node.keys.get(i), i);
    }
    return index;
  }

  private @Nullable UUID owner(SeriesKey key) {
    List<UUID> owners = dao.owners(UUID.fromString(key.identifier()));
    return owners.isEmpty() ? null : owners.get(0);
  }

  /** Tells the sources that are asked for and were never heard of. */
  void tellUnseen(Report report, List<SourceSpec> sources, Set<String> seen) {
    long minutes = request.endMinute() - request.firstMinute();
    for (SourceSpec source : sources) {
      String id = source.id().value();
      boolean wanted = request.isOfEverything() || request.sources().contains(id);
      if (wanted && source.enabled() && !seen.contains(id)) {
        report.row(
            id,
            source.nodeId(),
            "none",
            minutes,
            0L,
            0L,
            0L,
            0L,
            0L,
            0L,
            0L,
            0L,
            minutes,
            0L,
            java.math.BigDecimal.ZERO,
            java.math.BigDecimal.ZERO,
            0L,
            0L,
            java.math.BigDecimal.ZERO,
            "never seen");
      }
    }
  }
}
