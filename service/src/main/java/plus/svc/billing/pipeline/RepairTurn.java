package plus.svc.billing.pipeline;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.BucketEvidence;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.ledger.Repaired;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * Mends a stretch of one node's time within one transaction, under the lock on the node's row:
 * derives from the archive what must be written, reads what is, and posts the differences.
 */
final class RepairTurn {

  private final Handle handle;
  private final PipelineSettings settings;
  private final InstantSource clock;
  private final Instant now;
  private final MendOrder order;
  private final @Nullable DryRun dry;
  private final List<LedgerTurn.Posted> posted;
  private final NodeStore store;
  private final NodeStore.Node node;
  private final SeriesDictionary dictionary;
  private final NodeColumns columns;
  private final Archive archive;
  private final FindingsRepair findings;
  private final ArchiveRepair evidence;
  private final List<Mended.Note> notes = new ArrayList<>();
  private final List<Mended.Note> untold = new ArrayList<>();

  RepairTurn(
      Handle handle,
      PipelineSettings settings,
      InstantSource clock,
      MendOrder order,
      @Nullable DryRun dry,
      List<LedgerTurn.Posted> posted) {
    this.posted = posted;
    this.handle = handle;
    this.settings = settings;
    this.clock = clock;
    this.now = clock.instant();
    this.order = order;
    this.dry = dry;
    this.store = new NodeStore(handle);
    this.node = lock();
    List<Integer> keys = List.of(node.nodeKey());
    this.dictionary =
        SeriesDictionary.load(handle, keys)
            .getOrDefault(node.nodeKey(), new SeriesDictionary(node.nodeKey()));
    this.columns = new NodeColumns(dictionary);
    this.archive = new Archive(handle, node.nodeKey());
    this.findings = new FindingsRepair(handle, node.nodeKey(), dictionary);
    this.evidence =
        new ArchiveRepair(
            handle, node, order, dictionary, columns, findings.findings(), now, untold::add);
  }

  private NodeStore.Node lock() {
    NodePolicy policy = order.policy();
    return policy == null
        ? store.lockKnown(order.node())
        : store.lock(
            order.node(),
            settings.defaultRegion(),
            policy.firstSnapshot() == FirstSnapshot.FROM_ZERO,
            policy.billingFrom());
  }

  Mended run() {
    long from = fromMinute();
    long until = Math.max(from, order.untilMinute());
    long base = Micros.of(Minutes.start(from));
    DryRun earlier = dry;
    long before = ArchiveRepair.NOTHING;
    if (earlier != null) {
      before = evidence.add(earlier.fetchedOf(order.node()), earlier.policyOf(order.node()));
      base = Math.min(base, before);
      evidence.forgetCounts();
    }
    long changed = Math.min(before, evidence.add(order.fetched(), order.policy()));
    Derivation derived = derive(base, from, until, changed);
    until = this.until;
    Map<BucketEvidence.Key, BucketEvidence.Due> due = new HashMap<>();
    Map<FindingsRepair.Slot, long[]> nobodys = new HashMap<>();
    sum(derived.log(), from, until, derived, due, nobodys);
    compareFindings(derived, from, until, nobodys);
    findings.findings().write();
    Set<UUID> again = earlier == null ? Set.of() : earlier.accountsOf(order.node().composed());
    repeat(again);
    List<BucketMend> mends =
        BucketEvidence.read(handle, order.node().composed(), node.region(), from, until)
            .against(due, minute -> isJudged(derived, minute));
    Repaired repaired = post(mends, again);
    saveStates(derived, changed, due.keySet());
    showTotals(derived, mends, changed, due.keySet());
    if (earlier != null) {
      String name = order.node().composed();
      earlier.page(mends);
      earlier.fetched(evidence.changes(), order.policy());
      notes.removeIf(note -> !earlier.isNew(name, note));
      untold.removeIf(note -> !earlier.isNew(name, note));
    }
    return new Mended(
        mends,
        repaired,
        notes,
        untold,
        evidence.missing(),
        evidence.restored(),
        evidence.widened(),
        evidence.samples());
  }

  /** The first minute of which there is evidence. */
  private long fromMinute() {
    Instant pruned = node.archiveFrom();
    long from = order.fromMinute();
    if (pruned == null || from >= Minutes.floor(pruned)) {
      return from;
    }
    untold.add(
        Mended.Note.of(
            "archive",
            Minutes.start(from),
            "what was archived before " + pruned + " is pruned: nothing before it can be judged"));
    return Minutes.floor(pruned);
  }

  private long until;

  private Derivation derive(long base, long from, long untilMinute, long changed) {
    Decisions decisions =
        NodeFindings.decisions(handle, List.of(node.nodeKey()))
            .getOrDefault(node.nodeKey(), Decisions.NONE);
    Derivation derived =
        new Derivation(
            store,
            node,
            archive,
            columns,
            decisions,
            (at, why) -> untold.add(Mended.Note.of("snapshot", Micros.toInstant(at), why)));
    derived.begin(base);
    long end = Micros.of(Minutes.start(untilMinute));
    NodeState begun = derived.state();
    long after =
        begun.headAt() == NodeState.NEVER
            ? firstMinute(from)
            : Minutes.floor(Micros.toInstant(begun.headAt())) + 1;
    derived.run(end, lost(Math.min(from, after), untilMinute));
    until = untilMinute;
    if (changed != ArchiveRepair.NOTHING) {
      until =
          beforeTheNextLoss(
              untilMinute,
              derived.runUntilSettled(
                  untilMinute, dry == null ? Map.of() : dry.keptOf(order.node().composed())));
    }
    return derived;
  }

  private long firstMinute(long from) {
    long first = node.state().firstAt();
    return first == NodeState.NEVER ? from : Minutes.floor(Micros.toInstant(first));
  }

  /** Minutes that were charged for, which takes a snapshot, and that the archive has none of. */
  private Set<Long> lost(long from, long untilMinute) {
    if (from >= untilMinute) {
      return Set.of();
    }
    Set<Long> lost =
        new TreeSet<>(
            BucketEvidence.minutesCharged(handle, order.node().composed(), from, untilMinute));
    if (!lost.isEmpty()) {
      lost.removeAll(
          archive.minutes(Micros.of(Minutes.start(from)), Micros.of(Minutes.start(untilMinute))));
    }
    return lost;
  }

  /** Behind the time asked for nothing is judged beyond a snapshot that is lost. */
  private long beforeTheNextLoss(long asked, long settled) {
    return lost(asked, settled).stream().min(Long::compare).orElse(settled);
  }

  /** What an earlier writer may have billed of a minute isn't ours to judge. */
  private boolean isJudged(Derivation derived, long minute) {
    Instant bar = node.billingFrom();
    return derived.knows(minute) && (!bar.isAfter(Instant.EPOCH) || minute > Minutes.floor(bar));
  }

  private void sum(
      MeterLog log,
      long from,
      long untilMinute,
      Derivation derived,
      Map<BucketEvidence.Key, BucketEvidence.Due> due,
      Map<FindingsRepair.Slot, long[]> nobodys) {
    for (int i = 0; i < log.size(); i++) {
      long minute = log.minute(i);
      if (minute < from || minute >= untilMinute || !isJudged(derived, minute)) {
        continue;
      }
      long up = log.uplinkBytes(i);
      long down = log.downlinkBytes(i);
      int ordinal = log.ordinal(i);
      @Nullable UUID account = dictionary.account(ordinal);
      if (account == null) {
        long[] sums =
            nobodys.computeIfAbsent(new FindingsRepair.Slot(ordinal, minute), slot -> new long[2]);
        sums[0] = Math.addExact(sums[0], up);
        sums[1] = Math.addExact(sums[1], down);
      } else {
        due.merge(
            new BucketEvidence.Key(account, minute, dictionary.key(ordinal).inboundTag()),
            new BucketEvidence.Due(up, down),
            (a, b) -> a.plus(b.uplinkBytes(), b.downlinkBytes()));
      }
    }
  }

  private void compareFindings(
      Derivation derived, long from, long untilMinute, Map<FindingsRepair.Slot, long[]> nobodys) {
    findings.compare(
        derived.log(),
        Micros.of(Minutes.start(from)),
        Micros.of(Minutes.start(untilMinute)),
        minute -> isJudged(derived, minute),
        (at, why) ->
            notes.add(
                Mended.Note.of(
                    why.startsWith("sample") ? "set_aside" : "restart",
                    Micros.toInstant(at),
                    why)));
    findings.compare(
        nobodys,
        slot -> dry == null ? NONE : dry.nobodys(nameOf(slot)),
        from,
        untilMinute,
        minute -> isJudged(derived, minute),
        (slot, more) -> {
          if (dry != null) {
            dry.nobody(nameOf(slot), more);
          }
          notes.add(
              new Mended.Note(
                  "unattributed",
                  Minutes.start(slot.minute()),
                  null,
                  dictionary.key(slot.ordinal()).inboundTag(),
                  more[0],
                  more[1],
                  "usage of series " + slot.ordinal() + ", which has no account"));
        });
  }

  private static final long[] NONE = {0, 0};

  private String nameOf(FindingsRepair.Slot slot) {
    return order.node().composed() + " " + slot.minute() + " " + dictionary.key(slot.ordinal());
  }

  /** In a dry run: what the transactions before this one would have mended. */
  private void repeat(Set<UUID> accounts) {
    if (dry == null || accounts.isEmpty()) {
      return;
    }
    for (List<BucketMend> page : dry.of(accounts)) {
      LedgerTurn turn = ledger();
      page.forEach(turn::mend);
      new ReadModel(handle, now).show(turn.post().changes());
    }
  }

  private LedgerTurn ledger() {
    return settings.ledger(handle, clock, new PriceCache());
  }

  private Repaired post(List<BucketMend> mends, Set<UUID> repeated) {
    if (mends.isEmpty()) {
      return Repaired.NOTHING;
    }
    Set<UUID> others = new HashSet<>();
    mends.forEach(mend -> others.add(mend.account()));
    others.removeAll(repeated);
    repeat(others);
    LedgerTurn turn = ledger();
    mends.forEach(turn::mend);
    LedgerTurn.Posted done = turn.post();
    new ReadModel(handle, now).show(done.changes());
    posted.add(done);
    return turn.repaired();
  }

  /** Mends the states that metering goes on from. */
  private void saveStates(Derivation derived, long changed, Set<BucketEvidence.Key> due) {
    boolean follows = changed != ArchiveRepair.NOTHING;
    List<NodeState> kept = derived.kept();
    if (dry != null && follows) {
      Map<Long, NodeState> keptByNow = dry.keptOf(order.node().composed());
      kept.forEach(then -> keptByNow.put(then.headAt(), then));
    }
    if (follows) {
      long head = derived.state().headAt();
      store.forgetBetween(node.nodeKey(), changed, head - 1);
      @Nullable NodeState last = store.keptBetween(node.nodeKey(), head, head).get(head);
      if (last != null && !last.sameAs(derived.state())) {
        store.keep(node.nodeKey(), derived.state());
      }
    }
    if (!kept.isEmpty()) {
      Map<Long, NodeState> stored =
          store.keptBetween(
              node.nodeKey(), kept.get(0).headAt(), kept.get(kept.size() - 1).headAt());
      for (NodeState then : kept) {
        @Nullable NodeState was = stored.get(then.headAt());
        if (was != null && !was.sameAs(then)) {
          note("kept_state", then.headAt(), "the kept state is not what the archive leads to");
          store.keep(node.nodeKey(), then);
        } else if (was == null && follows && then.headAt() >= changed) {
          store.keep(node.nodeKey(), then);
        }
      }
    }
    @Nullable Instant newest = node.lastBucketAt();
    for (BucketEvidence.Key key : due) {
      Instant minute = Minutes.start(key.minute());
      newest = newest == null || minute.isAfter(newest) ? minute : newest;
    }
    boolean differs = derived.isNodeState() && !derived.state().sameAs(node.state());
    if (differs && !follows) {
      note(
          "node_state", node.state().headAt(), "the node's state is not what the archive leads to");
    }
    if (differs || follows) {
      NodeState state = derived.isNodeState() ? derived.state() : node.state();
      store.saveAll(List.of(new NodeStore.Saved(node.nodeKey(), state, newest)));
    }
  }

  private void note(String what, long atMicros, String why) {
    notes.add(Mended.Note.of(what, Micros.toInstant(Math.max(0, atMicros)), why));
  }

  private void showTotals(
      Derivation derived, List<BucketMend> mends, long changed, Set<BucketEvidence.Key> due) {
    Set<UUID> accounts = new HashSet<>();
    mends.forEach(mend -> accounts.add(mend.account()));
    if (changed != ArchiveRepair.NOTHING
        || notes.stream().anyMatch(note -> note.what().equals("node_state"))) {
      due.forEach(key -> accounts.add(key.account()));
    }
    NodeState state = derived.isNodeState() ? derived.state() : node.state();
    if (!accounts.isEmpty() && state.headAt() != NodeState.NEVER) {
      new ReadModel(handle, now)
          .checkpoints(AccountTotals.of(order.node().composed(), dictionary, state, accounts));
    }
  }
}
