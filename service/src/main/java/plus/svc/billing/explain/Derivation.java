package plus.svc.billing.explain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.NodeEvidence;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.Metering;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.platform.Micros;

/**
 * Meters a stretch of a node's archive once more, from the state kept before it, and tells what
 * became of the samples. Reads an hour of snapshots at most, one at a time.
 */
final class Derivation {

  private static final int FETCH = 16;
  private static final String SNAPSHOTS =
      """
      SELECT collected_at, started_at, max_bytes_per_second, ordinals, uplink, downlink,
             encode(digest, 'hex'), source_id, received_at
        FROM billing.snapshots
       WHERE node_key = :node AND collected_at > :after AND collected_at < :until
       ORDER BY collected_at
      """;

  private final Handle handle;
  private final NodeRow node;
  private final IntPredicate wanted;
  private final List<Judged> judged = new ArrayList<>();

  /**
   * @param handle in a transaction, so that the archive is read piece by piece
   * @param wanted ordinals of the series to tell of
   */
  Derivation(Handle handle, NodeRow node, IntPredicate wanted) {
    this.handle = handle;
    this.node = node;
    this.wanted = wanted;
  }

  /**
   * The samples of a stretch of time, in the order of their snapshots.
   *
   * @param from included, {@code until} excluded
   */
  List<Judged> between(Instant from, Instant until) {
    NodeState state =
        NodeEvidence.keptBefore(handle, node.nodeKey(), from).orElseGet(NodeState::new);
    Decisions decisions = NodeEvidence.decisions(handle, node.nodeKey());
    boolean never = state.headAt() == NodeState.NEVER;
    handle
        .createQuery(SNAPSHOTS)
        .bind("node", node.nodeKey())
        .bind("after", never ? Instant.EPOCH : Micros.toInstant(state.headAt()))
        .bind("until", until)
        .setFetchSize(FETCH)
        .map(new SnapshotRow.Mapper())
        .forEach(row -> step(row, !row.at().isBefore(from), state, decisions));
    return judged;
  }

  private void step(SnapshotRow row, boolean told, NodeState state, Decisions decisions) {
    // A log of its own for each, so that nothing piles up.
    MeterLog log = new MeterLog();
    @Nullable NodeState before = told ? state.copy() : null;
    new Metering(node.policy(), decisions, state, log).apply(row.snapshot());
    if (before != null) {
      tell(row, before, state, decisions, log);
    }
  }

  private void tell(
      SnapshotRow row, NodeState before, NodeState after, Decisions decisions, MeterLog log) {
    NodeSnapshot snapshot = row.snapshot();
    long[] seen = before.seenAt();
    Map<Integer, Integer> uses = new HashMap<>();
    for (int use = 0; use < log.size(); use++) {
      uses.put(log.ordinal(use), use);
    }
    Map<Integer, MeterLog.SetAside> asides = new HashMap<>();
    log.setAsides().forEach(aside -> asides.put(aside.ordinal(), aside));
    for (int i = 0; i < snapshot.ordinals().length; i++) {
      int ordinal = snapshot.ordinals()[i];
      if (!wanted.test(ordinal)) {
        continue;
      }
      long seenAt = ordinal < seen.length ? seen[ordinal] : NodeState.NEVER;
      @Nullable Decision decision =
          decisions.byInstant().get(new Decisions.At(ordinal, snapshot.atMicros()));
      MeterLog.@Nullable SetAside aside = asides.get(ordinal);
      String how =
          aside == null
              ? how(snapshot, ordinal, seenAt, before, after)
              : "set aside: " + aside.reason().name() + ", " + aside.heldBytes() + " bytes held";
      @Nullable Integer use = uses.get(ordinal);
      judged.add(
          new Judged(
              row,
              ordinal,
              Micros.toNullable(seenAt),
              before.acceptedUplink(ordinal),
              before.acceptedDownlink(ordinal),
              snapshot.uplink()[i],
              snapshot.downlink()[i],
              use == null ? 0 : log.uplinkBytes(use),
              use == null ? 0 : log.downlinkBytes(use),
              decision == null ? how : how + ", decided: " + text(decision)));
    }
  }

  private String how(
      NodeSnapshot snapshot, int ordinal, long seenAt, NodeState before, NodeState after) {
    if (snapshot.atMicros() <= Micros.of(node.billingFrom())) {
      return "baseline: not billed before " + node.billingFrom();
    } else if (before.firstAt() == NodeState.NEVER) {
      return node.countFirst()
          ? "counts whole: the node's first snapshot"
          : "baseline: the node's first snapshot";
    } else if (after.restartsOf(ordinal) > before.restartsOf(ordinal)) {
      return "counts from zero: the counter restarted";
    } else if (seenAt == NodeState.NEVER) {
      return "counts whole: a new series began at zero";
    }
    return "counts the difference";
  }

  private static String text(Decision decision) {
    return decision.name().toLowerCase(Locale.ROOT);
  }
}
