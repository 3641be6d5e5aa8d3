package plus.svc.billing.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;
import plus.svc.billing.audit.Timeline.Evidence;
import plus.svc.billing.audit.Timeline.Word;
import plus.svc.billing.audit.reference.Counter;
import plus.svc.billing.audit.reference.ReadingRules;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.SnapshotDigest;
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
  private final SnapshotDigest digest = new SnapshotDigest();
  private final Map<Integer, BucketCheck> checks = new HashMap<>();
  private final Map<Integer, CheckpointCheck> checkpoints = new HashMap<>();
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
      checkpoints.put(
          node.key(),
          new CheckpointCheck(
              node,
              facts.checkpoints(node.composed(), node.start(), Minutes.start(node.until)),
              findings));
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
            key, after, node.start(), row -> take(node, row, new NodeSlice(node), false));
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
    Overlay overlay = new Overlay(exporters.fetch(live, start, end));
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
    slices.values().forEach(slice -> judge(slice, Math.max(from, slice.node.from), until));
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

  /** What exporters tell, put between what the archive holds. */
  private final class Overlay {
    private final Map<Integer, NavigableMap<Long, Exporters.Told>> told;

    Overlay(Map<Integer, NavigableMap<Long, Exporters.Told>> told) {
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
        BucketCheck check = in(checks, slice.node.key());
        check.tellLostAt(Micros.toInstant(at), first.source());
        read(slice, first.snapshot());
      }
    }

    /** Takes an instant that the archive holds. */
    void at(NodeSlice slice, EvidenceDao.SnapshotRow row) {
      Exporters.@Nullable Told same =
          told.getOrDefault(slice.node.key(), new TreeMap<>()).remove(row.snapshot().atMicros());
      boolean genuine = slice.node.isGenuine(row.snapshot(), row.digest(), digest);
      if (same == null || (genuine && same.isSame(row.digest()))) {
        take(slice.node, row, slice, true);
        return;
      }
      if (!genuine) {
        tellTampered(slice.node, row);
        read(slice, same.snapshot());
        return;
      }
      NodeSnapshot both = Snapshots.merged(row.snapshot(), same.snapshot());
      if (Snapshots.sameContent(both, row.snapshot())) {
        take(slice.node, row, slice, true);
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
  private void take(
      AuditedNode node, EvidenceDao.SnapshotRow row, NodeSlice slice, boolean judged) {
    if (!node.isGenuine(row.snapshot(), row.digest(), digest)) {
      tellTampered(node, row);
      return;
    }
    read(slice, row.snapshot());
    in(checkpoints, node.key()).read(row.snapshot().atMicros(), row.receivedAt());
    if (judged) {
      node.totals.snapshots++;
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

  private void judge(NodeSlice slice, long from, long until) {
    AuditedNode node = slice.node;
    BucketCheck check = in(checks, node.key());
    tellStatesWithoutSnapshot(node, check, until);
    long head = Math.min(until, node.headMinute() + 1);
    for (long minute = from; minute < head; minute++) {
      judge(slice, check, minute);
    }
    tellBeyondHead(slice, check, Math.max(head, from));
    if (head < until) {
      node.timeline.settle(Evidence.SPANNED);
      node.timeline.pending(Math.max(head, from), until);
    }
    slice.restarts.values().forEach(node.totals::add);
  }

  private void judge(NodeSlice slice, BucketCheck check, long minute) {
    AuditedNode node = slice.node;
    @Nullable Integer samples = slice.observed.get(minute);
    Map<Place, Bytes> expected = slice.expected.getOrDefault(minute, Map.of());
    List<FactsDao.BucketRow> written = slice.written.getOrDefault(minute, List.of());
    Map<Place, Bytes> unattributed = slice.unattributed.getOrDefault(minute, Map.of());
    Word word = check.minute(minute, samples != null, expected, written, unattributed);
    if (word == Word.MATCH && slice.asideMinutes.contains(minute)) {
      word = Word.SET_ASIDE;
    }
    long must = expected.values().stream().mapToLong(Bytes::total).sum();
    long is =
        written.stream().mapToLong(FactsDao.BucketRow::total).sum()
            + unattributed.values().stream().mapToLong(Bytes::total).sum();
    if (samples == null) {
      node.timeline.unobserved(minute, word, is);
      node.totals.add(must, is);
      return;
    }
    boolean risky = slice.risky.contains(minute);
    if (risky && node.timeline.waiting() > 0) {
      tellAtRisk(slice, minute);
    }
    node.timeline.observed(minute, risky, word, samples, must, is);
    node.totals.seriesMinutes += samples;
    node.totals.add(must, is);
  }

  /** The minutes that wait lie between the last snapshot and a restart. */
  private void tellAtRisk(NodeSlice slice, long minute) {
    for (AtRisk restart : slice.restarts.values()) {
      if (Minutes.floor(restart.at()) == minute && restart.minutes() > 0) {
        findings.add(restart.finding(slice.node));
      }
    }
  }

  /** A state that was kept must be that of a snapshot; if there is none, the archive lost it. */
  private static void tellStatesWithoutSnapshot(AuditedNode node, BucketCheck check, long until) {
    long end = Micros.of(Minutes.start(until));
    while (!node.stored.isEmpty() && node.stored.firstKey() < end) {
      long at = node.stored.pollFirstEntry().getKey();
      if (at >= Micros.of(node.start())) {
        check.tellLost(Math.floorDiv(at, 60_000_000L), Micros.toInstant(at));
      }
    }
  }

  /** Buckets after the newest snapshot have nothing to stand on. */
  private void tellBeyondHead(NodeSlice slice, BucketCheck check, long from) {
    slice
        .written
        .tailMap(from, true)
        .forEach((minute, rows) -> check.minute(minute, true, Map.of(), rows, Map.of()));
  }

  private void end(AuditedNode node) {
    BucketCheck check = in(checks, node.key());
    NodeSlice next = new NodeSlice(node);
    long until = node.until;
    boolean more = node.from < until && node.headMinute() >= until;
    if (more) {
      for (EvidenceDao.SnapshotRow row : evidence.next(node.key(), Minutes.start(until))) {
        if (node.isGenuine(row.snapshot(), row.digest(), digest)) {
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
