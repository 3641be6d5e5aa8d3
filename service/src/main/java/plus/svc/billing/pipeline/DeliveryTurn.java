package plus.svc.billing.pipeline;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.StageWatch;
import plus.svc.billing.platform.StageWatch.Stage;
import plus.svc.billing.quantity.NodeKey;

/**
 * Deliveries of different sources and nodes within their common transaction: the stages in their
 * order, each with as few statements as for one delivery.
 */
final class DeliveryTurn {

  private final Handle handle;
  private final Dao dao;
  private final PipelineSettings settings;
  private final InstantSource clock;
  private final Instant now;
  private final boolean lookUpAll;
  private final StageWatch watch;
  private final PriceCache prices;

  DeliveryTurn(
      Handle handle,
      PipelineSettings settings,
      InstantSource clock,
      boolean lookUpAll,
      StageWatch watch) {
    this(handle, settings, clock, lookUpAll, watch, new PriceCache());
  }

  DeliveryTurn(
      Handle handle,
      PipelineSettings settings,
      InstantSource clock,
      boolean lookUpAll,
      StageWatch watch,
      PriceCache prices) {
    this.prices = prices;
    this.watch = watch;
    this.handle = handle;
    this.dao = handle.attach(Dao.class);
    this.settings = settings;
    this.clock = clock;
    this.now = clock.instant();
    this.lookUpAll = lookUpAll;
  }

  /**
   * Takes deliveries no two of which share a source or a node.
   *
   * @return what became of each, in the same order, and what was posted
   */
  Done run(List<Delivery> deliveries) {
    dao.planOnce();
    checkFences(deliveries);
    LedgerTurn ledger = settings.ledger(handle, clock, prices);
    NodeBatch nodes = new NodeBatch(handle, settings, now, lookUpAll);
    watch.during(Stage.METER, () -> nodes.run(pages(deliveries), ledger));
    watch.during(Stage.RATE, ledger::rate);
    LedgerTurn.Posted posted = watch.during(Stage.WRITE, () -> write(deliveries, nodes, ledger));
    return new Done(receipts(deliveries, nodes, posted), posted);
  }

  /** What a transaction is about to commit. */
  record Done(List<Receipt> receipts, LedgerTurn.Posted posted) {}

  private LedgerTurn.Posted write(List<Delivery> deliveries, NodeBatch nodes, LedgerTurn ledger) {
    LedgerTurn.Posted posted = ledger.write();
    ReadModel readModel = new ReadModel(handle, now);
    readModel.show(posted.changes());
    readModel.checkpoints(nodes.checkpoints());
    nodes.showPresence(readModel);
    readModel.progress(
        deliveries.stream()
            .map(
                delivery ->
                    new ReadModel.SourceProgress(
                        delivery.source().value(),
                        delivery.progress().completedUntil(),
                        delivery.progress().cursor(),
                        delivery.progress().attemptedAt()))
            .toList());
    return posted;
  }

  /** Takes a decision on one sample of a node in; the only receipt is that of what it changed. */
  Done decide(
      NodeKey key, SeriesKey series, Instant at, Decision decision, String by, String reason) {
    LedgerTurn ledger = settings.ledger(handle, clock, new PriceCache());
    NodeBatch nodes = new NodeBatch(handle, settings, now, true);
    nodes.decide(key, turn -> turn.decide(series, at, decision, by, reason, ledger));
    LedgerTurn.Posted posted = ledger.post();
    ReadModel readModel = new ReadModel(handle, now);
    readModel.show(posted.changes());
    readModel.checkpoints(nodes.checkpoints());
    Receipt receipt = Receipt.NOTHING;
    for (LedgerTurn.Tally tally : posted.byNode().values()) {
      receipt = receipt.plus(receiptOf(tally));
    }
    return new Done(List.of(receipt), posted);
  }

  private void checkFences(List<Delivery> deliveries) {
    String[] leased =
        deliveries.stream()
            .filter(delivery -> delivery.fence() > 0)
            .map(delivery -> delivery.source().value())
            .toArray(String[]::new);
    if (leased.length == 0) {
      return;
    }
    Map<String, Long> current = new HashMap<>();
    dao.currentFences(leased).forEach(row -> current.put(row.source(), row.fence()));
    for (Delivery delivery : deliveries) {
      if (delivery.fence() > 0
          && current.getOrDefault(delivery.source().value(), 0L) != delivery.fence()) {
        throw new FenceLost(delivery.source(), delivery.fence());
      }
    }
  }

  /** The deliveries' snapshots by node, nodes in one order for all writers. */
  private List<NodeBatch.Page> pages(List<Delivery> deliveries) {
    Map<String, Instant> takeovers = new HashMap<>();
    dao.takeovers(
            deliveries.stream().map(delivery -> delivery.source().value()).toArray(String[]::new))
        .forEach(row -> takeovers.put(row.source(), row.billingFrom()));
    List<NodeBatch.Page> pages = new ArrayList<>();
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      String source = delivery.source().value();
      NodePolicy policy = withTakeover(delivery.policy(), takeovers.get(source));
      for (Map.Entry<NodeKey, List<Snapshot>> entry : byNode(delivery).entrySet()) {
        pages.add(new NodeBatch.Page(i, source, policy, entry.getKey(), entry.getValue()));
      }
    }
    pages.sort(Comparator.comparing(NodeBatch.Page::key, NodeStore.ORDER));
    return pages;
  }

  /** Where an earlier writer billed already, nothing up to its last instant is billed again. */
  private static NodePolicy withTakeover(NodePolicy policy, @Nullable Instant from) {
    return from != null && from.isAfter(policy.billingFrom()) ? policy.billingFrom(from) : policy;
  }

  private static Map<NodeKey, List<Snapshot>> byNode(Delivery delivery) {
    Map<NodeKey, List<Snapshot>> nodes = new TreeMap<>(NodeStore.ORDER);
    for (Snapshot snapshot : delivery.snapshots()) {
      nodes.computeIfAbsent(snapshot.node(), key -> new ArrayList<>()).add(snapshot);
    }
    return nodes;
  }

  /**
   * What was posted counts for the delivery that brought the node; what was posted elsewhere (a
   * bucket of another node whose free quota moved) for the first.
   */
  private static List<Receipt> receipts(
      List<Delivery> deliveries, NodeBatch nodes, LedgerTurn.Posted posted) {
    List<Receipt> receipts = new ArrayList<>();
    deliveries.forEach(delivery -> receipts.add(Receipt.NOTHING));
    Map<String, Integer> deliveryOf = new HashMap<>();
    nodes.forEach(
        (page, receipt) -> {
          deliveryOf.put(page.key().composed(), page.delivery());
          receipts.set(page.delivery(), receipts.get(page.delivery()).plus(receipt));
        });
    posted
        .byNode()
        .forEach(
            (node, tally) -> {
              int delivery = deliveryOf.getOrDefault(node, 0);
              receipts.set(delivery, receipts.get(delivery).plus(receiptOf(tally)));
            });
    return receipts;
  }

  private static Receipt receiptOf(LedgerTurn.Tally tally) {
    return new Receipt(
        0,
        0,
        0,
        0,
        0,
        0,
        SetAsides.NONE,
        tally.newBuckets(),
        tally.changedBuckets(),
        tally.ledgerRows(),
        tally.bytes(),
        tally.charged(),
        0);
  }

  /** The lease number of a source. */
  record Fence(String source, long fence) {}

  /** Where an earlier writer of a source stopped. */
  record Takeover(String source, Instant billingFrom) {}

  /** Statements on leases and takeovers. */
  interface Dao {

    /**
     * For the rest of the transaction: the plan that fits a few rows fits any number. Planned anew
     * for thousands of keys, the statements read the whole table of accounts instead of theirs.
     */
    @SqlQuery("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
    String planOnce();

    @SqlQuery(
        """
        SELECT source_id, fence
          FROM billing.source_leases
         WHERE source_id = ANY(:sources)
         ORDER BY source_id
           FOR SHARE
        """)
    @RegisterRowMapper(FenceMapper.class)
    List<Fence> currentFences(@Bind("sources") String[] sources);

    @SqlQuery(
        """
        SELECT source_id, billing_from
          FROM billing.takeovers
         WHERE source_id = ANY(:sources)
        """)
    @RegisterRowMapper(TakeoverMapper.class)
    List<Takeover> takeovers(@Bind("sources") String[] sources);
  }

  /** Maps a lease. */
  public static final class FenceMapper implements RowMapper<Fence> {
    @Override
    public Fence map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Fence(rs.getString(1), rs.getLong(2));
    }
  }

  /** Maps a takeover. */
  public static final class TakeoverMapper implements RowMapper<Takeover> {
    @Override
    public Takeover map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Takeover(rs.getString(1), rs.getObject(2, OffsetDateTime.class).toInstant());
    }
  }
}
