package plus.svc.billing.pipeline;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.MeterPolicy;
import plus.svc.billing.pipeline.metering.Metering;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.metering.Remetering;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * The snapshots of one node within a delivery: archives those that are new, meters them from the
 * node's state, or where they are older than it re-derives from the archive, and hands the usage to
 * the ledger. Runs under the lock on the node's row.
 */
final class NodeTurn {

  private static final long MICROS_PER_HOUR = 3_600_000_000L;

  private final Handle handle;
  private final NodeBatch.Page page;
  private final Decisions decisions;
  private final Sorted sorted = new Sorted();
  private final Instant now;
  private final boolean lookUpAll;
  private final NodeStore store;
  private final NodeStore.Node node;
  private final MeterPolicy policy;
  private final Archive archive;
  private final SeriesDictionary dictionary;
  private final NodeFindings findings;
  private final NodeColumns columns;
  private final BitSet moved = new BitSet();
  private NodeState state;
  private final boolean zeroBuckets;
  private final List<ReadModel.Presence> presences = new ArrayList<>();
  private @Nullable Instant lastBucketAt;
  private int accepted;
  private int repeated;
  private int late;
  private int conflicting;
  private int samples;
  private int lateSamples;

  NodeTurn(
      Handle handle,
      NodeStore store,
      NodeBatch.Page page,
      NodeStore.Node node,
      SeriesDictionary dictionary,
      Decisions decisions,
      Instant now,
      boolean lookUpAll,
      boolean zeroBuckets) {
    this.handle = handle;
    this.store = store;
    this.page = page;
    this.node = node;
    this.dictionary = dictionary;
    this.decisions = decisions;
    this.now = now;
    this.lookUpAll = lookUpAll;
    this.zeroBuckets = zeroBuckets;
    this.policy = new MeterPolicy(node.countFirst(), Micros.of(node.billingFrom()));
    this.archive = new Archive(handle, node.nodeKey());
    this.findings = new NodeFindings(handle, node.nodeKey());
    this.columns = new NodeColumns(dictionary);
    this.state = node.state();
    this.lastBucketAt = node.lastBucketAt();
  }

  /** Instants of the page that the archive may hold: what is newer than the head can't be there. */
  List<Long> mayBeKnown() {
    return page.snapshots().stream()
        .map(snapshot -> Micros.of(snapshot.collectedAt()))
        .filter(at -> at <= state.headAt())
        .distinct()
        .toList();
  }

  /**
   * First step: tells the page's snapshots apart.
   *
   * @param told what the archive tells of {@link #mayBeKnown()}
   * @return those that the archive is to hold from now on
   */
  List<Archive.Accepted> sort(LedgerTurn ledger, Map<Long, Archive.Told> told) {
    Handover handover = new Handover(ledger);
    for (int ordinal : dictionary.attribute(handle)) {
      findings
          .takeUnattributed(ordinal)
          .forEach(
              row -> handover.usage(row.minute(), ordinal, row.uplink(), row.downlink(), true));
    }
    List<Snapshot> others = withoutRepeats(told);
    dictionary.intern(handle, others);
    sort(others, told);
    return sorted.fresh.stream()
        .map(entry -> new Archive.Accepted(node.nodeKey(), page.source(), entry))
        .toList();
  }

  /** Second step, once the archive holds them: turns them into usage. */
  void meter(LedgerTurn ledger) {
    Handover handover = new Handover(ledger);
    if (!sorted.changes.isEmpty()) {
      remeter(sorted.changes, decisions, handover);
    }
    if (!sorted.newer.isEmpty()) {
      meter(sorted.newer, handover);
    }
    if (zeroBuckets) {
      sorted.fresh.forEach(entry -> notePresence(entry.snapshot()));
    }
    findings.write();
  }

  /**
   * Takes a person's decision on a sample in: meters again from that instant on, with it.
   *
   * @throws IllegalArgumentException if the archive holds no such sample
   */
  void decide(
      SeriesKey series,
      Instant at,
      Decision decision,
      String by,
      String reason,
      LedgerTurn ledger) {
    int ordinal = dictionary.find(series);
    long micros = Micros.of(at);
    Archive.@Nullable Entry entry = archive.at(List.of(micros)).get(micros);
    if (ordinal < 0 || entry == null || !contains(entry.snapshot(), ordinal)) {
      boolean pruned = node.archiveFrom() != null && at.isBefore(node.archiveFrom());
      throw new IllegalArgumentException(
          "node "
              + page.key().composed()
              + (pruned
                  ? " keeps no evidence from before "
                      + node.archiveFrom()
                      + ": decide on a later sample of that series instead of the one at "
                  : " has no sample of that series at ")
              + at);
    }
    findings.decide(ordinal, at, decision, by, reason, now);
    Map<Decisions.At, Decision> decided = new HashMap<>(decisions.byInstant());
    decided.put(new Decisions.At(ordinal, micros), decision);
    Change same = new Change(entry.snapshot(), entry.snapshot());
    remeter(new TreeMap<>(Map.of(micros, same)), new Decisions(decided), new Handover(ledger));
    findings.write();
  }

  private static boolean contains(NodeSnapshot snapshot, int ordinal) {
    return Arrays.binarySearch(snapshot.ordinals(), ordinal) >= 0;
  }

  /** Whether there is a state to be saved. */
  boolean moved() {
    return accepted > 0 || !sorted.changes.isEmpty();
  }

  NodeStore.Saved saved() {
    return new NodeStore.Saved(node.nodeKey(), state, lastBucketAt);
  }

  /** What a delivery holds for the node, told apart. */
  private static final class Sorted {
    /** Snapshots the archive did not have. */
    final List<Archive.Entry> fresh = new ArrayList<>();

    /** Of these, the ones behind the node's head: metered on. */
    final List<NodeSnapshot> newer = new ArrayList<>();

    /** What changes at or before the head, by instant. */
    final NavigableMap<Long, Change> changes = new TreeMap<>();
  }

  /** What the archive held for an instant, and what it holds now. */
  private record Change(@Nullable NodeSnapshot was, NodeSnapshot is) {}

  /** What a delivery says of one instant: all of it together, and each content by itself. */
  private static final class Sent {
    Archive.Entry together;
    final List<byte[]> contents = new ArrayList<>(1);
    final List<Snapshot> snapshots = new ArrayList<>(1);

    Sent(Archive.Entry entry, Snapshot snapshot) {
      together = entry;
      contents.add(entry.digest());
      snapshots.add(snapshot);
    }
  }

  /**
   * All but the repeats, which most snapshots are where windows overlap: of these nothing more is
   * read or reckoned than the digest.
   */
  private List<Snapshot> withoutRepeats(Map<Long, Archive.Told> told) {
    Map<Long, List<Snapshot>> byInstant = new TreeMap<>();
    for (Snapshot snapshot : page.snapshots()) {
      byInstant
          .computeIfAbsent(Micros.of(snapshot.collectedAt()), at -> new ArrayList<>(1))
          .add(snapshot);
    }
    List<Snapshot> others = new ArrayList<>();
    byInstant.forEach(
        (at, sent) -> {
          if (sent.size() == 1 && isRepeat(sent.get(0), told.get(at))) {
            repeated++;
          } else {
            others.addAll(sent);
          }
        });
    return others;
  }

  private boolean isRepeat(Snapshot sent, Archive.@Nullable Told told) {
    return told != null && told.covers(columns.digestOf(sent), page.policy().maxBytesPerSecond());
  }

  private void sort(List<Snapshot> snapshots, Map<Long, Archive.Told> told) {
    TreeMap<Long, Sent> sent = new TreeMap<>();
    for (Snapshot snapshot : snapshots) {
      Archive.Entry entry = columns.entry(snapshot, page.policy().maxBytesPerSecond());
      @Nullable Sent before = sent.get(entry.snapshot().atMicros());
      if (before == null) {
        sent.put(entry.snapshot().atMicros(), new Sent(entry, snapshot));
      } else {
        before.together = columns.merged(before.together, entry);
        before.contents.add(entry.digest());
        before.snapshots.add(snapshot);
      }
    }
    Map<Long, Archive.Entry> known =
        archive.at(sent.keySet().stream().filter(told::containsKey).toList());
    sent.forEach((at, ofInstant) -> sort(ofInstant, known.get(at)));
  }

  private void sort(Sent sent, Archive.@Nullable Entry before) {
    NodeSnapshot snapshot = sent.together.snapshot();
    if (isBeyondEvidence(snapshot)) {
      findings.beyondEvidence(snapshot);
    } else if (before == null) {
      sent.snapshots.forEach(findings::rejected);
      fresh(sent.together, sorted);
      noteConflicts(sent, sent.contents.get(0), sent.together);
    } else {
      sent.snapshots.forEach(findings::rejected);
      Archive.Entry both = columns.merged(before, sent.together);
      noteConflicts(sent, before.digest(), both);
      if (before.covers(both)) {
        repeated++;
      } else {
        replace(before, both);
      }
    }
  }

  private void replace(Archive.Entry before, Archive.Entry both) {
    if (Arrays.equals(both.digest(), before.digest())) {
      repeated++; // nothing new but a wider guard
    } else {
      conflicting++;
    }
    archive.replace(both);
    sorted.changes.put(both.snapshot().atMicros(), new Change(before.snapshot(), both.snapshot()));
  }

  private boolean isBeyondEvidence(NodeSnapshot snapshot) {
    return node.archiveFrom() != null && snapshot.atMicros() < Micros.of(node.archiveFrom());
  }

  private void fresh(Archive.Entry entry, Sorted sorted) {
    NodeSnapshot snapshot = entry.snapshot();
    accepted++;
    samples += snapshot.ordinals().length;
    sorted.fresh.add(entry);
    if (snapshot.atMicros() > state.headAt()) {
      sorted.newer.add(snapshot);
    } else {
      late++;
      lateSamples += snapshot.ordinals().length;
      sorted.changes.put(snapshot.atMicros(), new Change(null, snapshot));
    }
  }

  private void noteConflicts(Sent sent, byte[] first, Archive.Entry both) {
    for (byte[] content : sent.contents) {
      if (!Arrays.equals(first, content)) {
        archive.noteConflict(
            both.snapshot().atMicros(), first, content, both.digest(), page.source(), now);
      }
    }
  }

  private void meter(List<NodeSnapshot> newer, Handover handover) {
    MeterLog log = new MeterLog();
    Metering metering = new Metering(policy, decisions, state, log);
    for (NodeSnapshot snapshot : newer) {
      if (crossesHour(state.headAt(), snapshot.atMicros())) {
        store.keep(node.nodeKey(), state);
      }
      metering.apply(snapshot);
    }
    long written = lastBucketAt == null ? Long.MIN_VALUE : Minutes.floor(lastBucketAt);
    for (int i = 0; i < log.size(); i++) {
      handover.usage(
          log.minute(i),
          log.ordinal(i),
          log.uplinkBytes(i),
          log.downlinkBytes(i),
          lookUpAll || log.minute(i) <= written);
    }
    findings.found(log, dictionary);
  }

  private static boolean crossesHour(long head, long at) {
    return head != NodeState.NEVER
        && Math.floorDiv(head, MICROS_PER_HOUR) != Math.floorDiv(at, MICROS_PER_HOUR);
  }

  /** Re-derives from the archive what the changes change, up to the node's head. */
  private void remeter(NavigableMap<Long, Change> changes, Decisions now, Handover handover) {
    long from = changes.firstKey();
    NodeState base = store.keptBefore(node.nodeKey(), from).orElseGet(NodeState::new);
    Remetering walk = new Remetering(policy, decisions, now, base);
    ArchiveWalk archived = new ArchiveWalk(archive, base.headAt(), state.headAt());
    long last = from;
    List<NodeState> kept = new ArrayList<>();
    while (true) {
      @Nullable Long next = archived.peek();
      if (next == null || (next > changes.lastKey() && walk.converged())) {
        break;
      }
      NodeSnapshot stored = archived.next();
      @Nullable Change change = changes.get(next);
      if (walk.state().headAt() >= from && crossesHour(walk.state().headAt(), next)) {
        kept.add(walk.state().copy());
      }
      walk.step(change == null ? stored : change.was(), change == null ? stored : change.is());
      last = next;
    }
    store.forgetBetween(node.nodeKey(), from, last);
    kept.forEach(then -> store.keep(node.nodeKey(), then));
    if (archived.peek() == null) {
      noteMoved(state, walk.state());
      state = walk.state();
    }
    walk.differences()
        .forEach(
            (slot, more) ->
                handover.usage(
                    slot.minute(), slot.ordinal(), more.uplinkBytes(), more.downlinkBytes(), true));
    findings.replace(base.headAt(), last, walk.newFindings(), dictionary);
  }

  /** A restart found late shows in a checkpoint, though no usage may come of it. */
  private void noteMoved(NodeState before, NodeState after) {
    for (int ordinal = 0; ordinal < dictionary.size(); ordinal++) {
      if (before.restartsOf(ordinal) != after.restartsOf(ordinal)
          || before.acceptedUplink(ordinal) != after.acceptedUplink(ordinal)
          || before.acceptedDownlink(ordinal) != after.acceptedDownlink(ordinal)) {
        moved.set(ordinal);
      }
    }
  }

  /** Gives usage to the ledger, or keeps it aside while no account is known for it. */
  private final class Handover {
    private final LedgerTurn ledger;

    Handover(LedgerTurn ledger) {
      this.ledger = ledger;
    }

    void usage(long minute, int ordinal, long uplink, long downlink, boolean mayExist) {
      @Nullable UUID account = dictionary.account(ordinal);
      if (account == null) {
        findings.unattributed(ordinal, minute, uplink, downlink);
        return;
      }
      moved.set(ordinal);
      Instant start = Minutes.start(minute);
      if (lastBucketAt == null || start.isAfter(lastBucketAt)) {
        lastBucketAt = start;
      }
      ledger.add(
          account,
          minute,
          page.key().composed(),
          node.region(),
          dictionary.key(ordinal).inboundTag(),
          uplink,
          downlink,
          mayExist);
    }
  }

  /** Who was present in a minute, whether with usage or not. */
  private void notePresence(NodeSnapshot snapshot) {
    Instant minute = Minutes.start(Minutes.floor(Micros.toInstant(snapshot.atMicros())));
    for (int ordinal : snapshot.ordinals()) {
      @Nullable UUID account = dictionary.account(ordinal);
      if (account != null && minute.isAfter(node.billingFrom())) {
        presences.add(
            new ReadModel.Presence(account, minute, dictionary.key(ordinal).inboundTag()));
        if (lastBucketAt == null || minute.isAfter(lastBucketAt)) {
          lastBucketAt = minute;
        }
      }
    }
  }

  /** Who is to have a bucket, be it of zero bytes. */
  List<ReadModel.Presence> presences() {
    return presences;
  }

  String region() {
    return node.region();
  }

  /** The newest counters of every account that moved, over all its series on this node. */
  List<ReadModel.Checkpoint> checkpoints() {
    Set<UUID> accounts = new HashSet<>();
    moved.stream().mapToObj(dictionary::account).filter(Objects::nonNull).forEach(accounts::add);
    return AccountTotals.of(page.key().composed(), dictionary, state, accounts);
  }

  Receipt receipt() {
    return new Receipt(
        accepted,
        repeated,
        late,
        conflicting,
        samples,
        lateSamples,
        findings.setAsides(),
        0,
        0,
        0,
        0L,
        BigDecimal.ZERO,
        findings.restarts());
  }
}
