package plus.svc.billing.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.audit.reference.ReadingRules;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * Derives from the evidence what must be written about the usage of nodes, and holds what is
 * written against it. Goes through the time in slices, all nodes of a batch in each: what it keeps
 * in memory is their counters and one slice.
 */
final class Completeness {

  /** About so many series and minutes are in memory at once. */
  private static final int SLICE = 100_000;

  private static final int LONGEST_SLICE_MINUTES = 60;

  private final EvidenceDao evidence;
  private final FactsDao facts;
  private final Findings findings;
  private final Pricing pricing;
  private final Exporters exporters;
  private final Map<Integer, BucketCheck> checks = new HashMap<>();
  private final EvidenceTaker taker;
  private final MinuteJudge judge;
  private final Progress progress;

  /** Takes how far the work is, as a minute. */
  interface Progress {
    void reached(long minute);
  }

  Completeness(
      Handle handle, Findings findings, Pricing pricing, Exporters exporters, Progress progress) {
    this.evidence = handle.attach(EvidenceDao.class);
    this.facts = handle.attach(FactsDao.class);
    this.findings = findings;
    this.pricing = pricing;
    this.exporters = exporters;
    this.progress = progress;
    this.taker = new EvidenceTaker(findings, checks);
    this.judge = new MinuteJudge(findings, checks);
  }

  /** Goes through the nodes' time. */
  void run(List<AuditedNode> nodes) {
    if (nodes.isEmpty()) {
      return;
    }
    Integer[] keys = nodes.stream().map(AuditedNode::key).toArray(Integer[]::new);
    Map<Integer, AuditedNode> byKey = new LinkedHashMap<>();
    nodes.forEach(node -> byKey.put(node.key(), node));
    load(keys, byKey);
    for (AuditedNode node : nodes) {
      checks.put(node.key(), new BucketCheck(node, findings, pricing));
      taker.compareCheckpoints(
          node, facts.checkpoints(node.composed(), node.start(), Minutes.start(node.until)));
    }
    warmUp(nodes);
    long from = nodes.stream().mapToLong(node -> node.from).min().orElse(0);
    long until = nodes.get(0).until;
    int series = Math.max(1, nodes.stream().mapToInt(node -> node.keys.size()).sum());
    int length = Math.min(LONGEST_SLICE_MINUTES, Math.max(1, SLICE / series));
    for (long minute = from; minute < until; minute += length) {
      slice(nodes, byKey, minute, Math.min(until, minute + length));
      progress.reached(Math.min(until, minute + length));
    }
    nodes.forEach(this::end);
    conflicts(keys, byKey, from, until);
  }

  private void load(Integer[] keys, Map<Integer, AuditedNode> byKey) {
    for (EvidenceDao.SeriesRow row : evidence.series(keys)) {
      AuditedNode node = in(byKey, row.nodeKey());
      node.keys.add(new SeriesKey(row.identifier(), row.inboundTag()));
      node.accounts.add(row.account());
    }
    for (EvidenceDao.DecisionRow row : evidence.decisions(keys)) {
      in(byKey, row.nodeKey())
          .decisions
          .put(
              new ReadingRules.Sample(row.ordinal(), Micros.of(row.collectedAt())),
              Decision.valueOf(row.decision()));
    }
    for (EvidenceDao.StateRow row : evidence.heads(keys)) {
      if (row.headAt() != Counter.NEVER) {
        in(byKey, row.nodeKey()).stored.put(row.headAt(), row);
      }
    }
  }

  /** Brings every node to where it stood before the first minute that is judged. */
  private void warmUp(List<AuditedNode> nodes) {
    for (AuditedNode node : nodes) {
      Integer[] key = {node.key()};
      EvidenceDao.@Nullable StateRow base =
          evidence.keptBefore(key, node.start()).stream().findFirst().orElse(null);
      node.beginAt(base);
      if (base == null && node.row.archiveFrom() != null && node.from < node.until) {
        findings.add(
            Finding.ofNode(
                Kind.UNCHECKED,
                node,
                node.start(),
                "a kept state",
                null,
                "the archive before was pruned, and no state of the node from before is kept"));
      }
      Instant after =
          base == null ? Instant.EPOCH : Micros.toInstant(base.headAt()).plusNanos(1_000);
      if (after.isBefore(node.start())) {
        evidence.snapshots(
            key, after, node.start(), row -> taker.take(row, new NodeSlice(node), false));
      }
    }
  }

  private static <V> V in(Map<Integer, V> map, int key) {
    @Nullable V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("a row of a node that was not asked for");
    }
    return value;
  }

  private void slice(
      List<AuditedNode> nodes, Map<Integer, AuditedNode> byKey, long from, long until) {
    List<AuditedNode> live = nodes.stream().filter(node -> node.from < until).toList();
    if (live.isEmpty()) {
      return;
    }
    Integer[] keys = live.stream().map(AuditedNode::key).toArray(Integer[]::new);
    Instant start = Minutes.start(from);
    Instant end = Minutes.start(until);
    Map<Integer, NodeSlice> slices = new LinkedHashMap<>();
    live.forEach(node -> slices.put(node.key(), new NodeSlice(node)));
    for (EvidenceDao.StateRow row : evidence.keptBetween(keys, start, end)) {
      AuditedNode node = in(byKey, row.nodeKey());
      if (row.headAt() >= Micros.of(node.start())) {
        node.stored.putIfAbsent(row.headAt(), row);
      }
    }
    EvidenceTaker.Overlay overlay = taker.over(exporters.fetch(live, start, end));
    evidence.snapshots(
        keys,
        start,
        end,
        row -> {
          NodeSlice slice = in(slices, row.nodeKey());
          if (row.snapshot().atMicros() >= Micros.of(slice.node.start())) {
            overlay.before(slice, row.snapshot().atMicros());
            overlay.at(slice, row);
          }
        });
    slices.values().forEach(slice -> overlay.before(slice, Long.MAX_VALUE));
    readFacts(live, slices, keys, start, end);
    slices.values().forEach(slice -> judge.judge(slice, Math.max(from, slice.node.from), until));
  }

  private void readFacts(
      List<AuditedNode> live,
      Map<Integer, NodeSlice> slices,
      Integer[] keys,
      Instant start,
      Instant end) {
    Map<String, NodeSlice> byName = new HashMap<>();
    slices.values().forEach(slice -> byName.put(slice.node.composed(), slice));
    facts.buckets(
        live.stream().map(AuditedNode::composed).toArray(String[]::new),
        start,
        end,
        row -> {
          @Nullable NodeSlice slice = byName.get(row.key().node());
          if (slice != null && row.key().minute() >= slice.node.from) {
            slice.written.computeIfAbsent(row.key().minute(), minute -> new ArrayList<>()).add(row);
          }
        });
    facts.unattributed(
        keys,
        start,
        end,
        row -> {
          NodeSlice slice = in(slices, row.nodeKey());
          long minute = Minutes.floor(row.bucketStart());
          if (minute >= slice.node.from) {
            slice
                .unattributed
                .computeIfAbsent(minute, m -> new TreeMap<>())
                .put(
                    new Place(null, slice.node.keys.get(row.ordinal()).inboundTag(), row.ordinal()),
                    new Bytes(row.uplink(), row.downlink()));
          }
        });
    new FindingsCheck(findings).run(facts, slices, keys, start, end);
  }

  private void end(AuditedNode node) {
    BucketCheck check = in(checks, node.key());
    NodeSlice next = new NodeSlice(node);
    long until = node.until;
    boolean more = node.from < until && node.headMinute() >= until;
    if (more) {
      for (EvidenceDao.SnapshotRow row : evidence.next(node.key(), Minutes.start(until))) {
        if (taker.isGenuine(node, row)) {
          next.read(row.snapshot());
        }
      }
      boolean risky = !next.risky.isEmpty();
      if (risky && node.timeline.waiting() > 0) {
        next.restarts.values().forEach(restart -> findings.add(restart.finding(node)));
      }
      node.timeline.settle(risky ? Evidence.AT_RISK : Evidence.SPANNED);
    } else {
      node.timeline.settle(Evidence.SPANNED);
    }
    Map<Place, Bytes> counted = new HashMap<>();
    next.expected.values().forEach(byPlace -> counted.putAll(byPlace));
    check.end(counted);
  }

  private void conflicts(Integer[] keys, Map<Integer, AuditedNode> byKey, long from, long until) {
    for (FactsDao.ConflictRow row :
        facts.conflicts(keys, Minutes.start(from), Minutes.start(until))) {
      AuditedNode node = in(byKey, row.nodeKey());
      if (!node.suspect.contains(Minutes.floor(row.collectedAt()))) {
        findings.add(
            Finding.ofNode(
                Kind.CONFLICT_DIFFERS,
                node,
                row.collectedAt(),
                row.digestAfter(),
                null,
                "the archive holds another content than the conflict noted led to"));
      }
    }
  }

  /** Accounts of nodes, for those who look at money next. */
  static List<UUID> accountsOf(List<AuditedNode> nodes) {
    TreeSet<UUID> accounts = new TreeSet<>();
    for (AuditedNode node : nodes) {
      for (@Nullable UUID account : node.accounts) {
        if (account != null) {
          accounts.add(account);
        }
      }
    }
    return List.copyOf(accounts);
  }
}
