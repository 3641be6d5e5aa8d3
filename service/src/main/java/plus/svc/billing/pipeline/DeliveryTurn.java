package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;

/** One delivery within its transaction: the stages in their order. */
final class DeliveryTurn {

  private final Handle handle;
  private final PipelineSettings settings;
  private final Instant now;
  private final boolean lookUpAll;

  DeliveryTurn(Handle handle, PipelineSettings settings, Instant now, boolean lookUpAll) {
    this.handle = handle;
    this.settings = settings;
    this.now = now;
    this.lookUpAll = lookUpAll;
  }

  Receipt run(Delivery delivery) {
    Dao dao = handle.attach(Dao.class);
    checkFence(dao, delivery);
    NodePolicy policy = withTakeover(dao, delivery);
    LedgerTurn ledger = new LedgerTurn(handle, settings.rating(), settings.sourceRevision(), now);
    List<NodeTurn> nodes = new ArrayList<>();
    for (Map.Entry<NodeKey, List<Snapshot>> entry : byNode(delivery).entrySet()) {
      NodeTurn node = new NodeTurn(handle, settings, policy, entry.getKey(), now, lookUpAll);
      node.run(delivery.source().value(), entry.getValue(), ledger);
      nodes.add(node);
    }
    LedgerTurn.Posted posted = ledger.post();
    ReadModel readModel = new ReadModel(handle, now);
    readModel.show(posted.changes());
    Receipt receipt = Receipt.NOTHING;
    for (NodeTurn node : nodes) {
      readModel.checkpoints(node.composed(), node.checkpoints());
      readModel.present(node.composed(), node.region(), node.presences());
      receipt = receipt.plus(node.receipt());
    }
    Progress progress = delivery.progress();
    readModel.progress(
        delivery.source().value(),
        progress.completedUntil(),
        progress.cursor(),
        progress.attemptedAt());
    return receipt.plus(receiptOf(posted));
  }

  /** Takes a decision on one sample of a node in. */
  Receipt decide(
      NodeKey key, SeriesKey series, Instant at, Decision decision, String by, String reason) {
    LedgerTurn ledger = new LedgerTurn(handle, settings.rating(), settings.sourceRevision(), now);
    NodeTurn node = new NodeTurn(handle, settings, key, now);
    node.decide(series, at, decision, by, reason, ledger);
    LedgerTurn.Posted posted = ledger.post();
    ReadModel readModel = new ReadModel(handle, now);
    readModel.show(posted.changes());
    readModel.checkpoints(node.composed(), node.checkpoints());
    return node.receipt().plus(receiptOf(posted));
  }

  private static void checkFence(Dao dao, Delivery delivery) {
    if (delivery.fence() > 0
        && dao.currentFence(delivery.source().value(), delivery.fence()).isEmpty()) {
      throw new FenceLost(delivery.source(), delivery.fence());
    }
  }

  /** Where an earlier writer billed already, nothing up to its last instant is billed again. */
  private static NodePolicy withTakeover(Dao dao, Delivery delivery) {
    NodePolicy policy = delivery.policy();
    return dao.takeover(delivery.source().value())
        .filter(from -> from.isAfter(policy.billingFrom()))
        .map(from -> new NodePolicy(policy.firstSnapshot(), from, policy.maxBytesPerSecond()))
        .orElse(policy);
  }

  /** Nodes in one order for all writers, so that their locks never cross. */
  private static Map<NodeKey, List<Snapshot>> byNode(Delivery delivery) {
    Map<NodeKey, List<Snapshot>> nodes =
        new TreeMap<>(Comparator.comparing(NodeKey::composed).thenComparing(NodeKey::env));
    for (Snapshot snapshot : delivery.snapshots()) {
      nodes.computeIfAbsent(snapshot.node(), key -> new ArrayList<>()).add(snapshot);
    }
    return nodes;
  }

  private static Receipt receiptOf(LedgerTurn.Posted posted) {
    return new Receipt(
        0,
        0,
        0,
        0,
        0,
        0,
        posted.newBuckets(),
        posted.changedBuckets(),
        posted.ledgerRows(),
        posted.bytes(),
        posted.charged(),
        0);
  }

  /** Statements on leases and takeovers. */
  interface Dao {

    @SqlQuery(
        """
        SELECT fence
          FROM billing.source_leases
         WHERE source_id = :source AND fence = :fence
           FOR SHARE
        """)
    Optional<Long> currentFence(@Bind("source") String source, @Bind("fence") long fence);

    @SqlQuery("SELECT billing_from FROM billing.takeovers WHERE source_id = :source")
    Optional<Instant> takeover(@Bind("source") String source);
  }
}
