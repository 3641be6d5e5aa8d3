package plus.svc.billing.pipeline;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.Repaired;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.quantity.NodeKey;

/**
 * The way of the data, from snapshots to the shared tables: each delivery is taken whole, in one
 * transaction, or not at all.
 *
 * <pre>source -> snapshot -> metering -> rating -> ledger -> read model</pre>
 */
public final class Pipeline {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final int ATTEMPTS = 4;
  private static final int SETTLE_BATCH = 1_000;

  /** SQLSTATEs after which the same transaction may well succeed: serialization, deadlock. */
  private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

  private static final String UNIQUE_VIOLATION = "23505";

  private final Jdbi jdbi;
  private final PipelineSettings settings;
  private final Clock clock;

  public Pipeline(Jdbi jdbi, PipelineSettings settings, Clock clock) {
    this.jdbi = jdbi;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Takes one page of one source through all stages.
   *
   * @throws FenceLost if another instance works on the source by now; nothing was written
   * @throws RuntimeException of the database; nothing was written, the same delivery may come again
   */
  public Receipt accept(Delivery delivery) {
    return take(List.of(delivery)).get(0);
  }

  /**
   * Takes pages of several sources, several in one transaction, which costs far less than one each.
   * A page is still taken whole or not at all, and none fails for another's sake: where a common
   * transaction fails, its pages are taken one by one.
   *
   * @param mostSamples about the most samples of one transaction
   * @return what became of each, in the same order
   */
  public List<Outcome> acceptAll(List<Delivery> deliveries, int mostSamples) {
    List<Outcome> outcomes = new ArrayList<>();
    for (List<Delivery> group : DeliveryGroups.of(deliveries, mostSamples)) {
      outcomes.addAll(acceptTogether(group));
    }
    return outcomes;
  }

  private List<Outcome> acceptTogether(List<Delivery> group) {
    if (group.size() > 1) {
      try {
        return take(group).stream().map(Outcome::taken).toList();
      } catch (RuntimeException e) {
        LOG.info(
            "{} deliveries failed together, {}; taking them one by one",
            group.size(),
            e.getMessage());
      }
    }
    return group.stream().map(this::acceptAlone).toList();
  }

  private Outcome acceptAlone(Delivery delivery) {
    try {
      return Outcome.taken(accept(delivery));
    } catch (RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  /** What became of a delivery: its receipt, or why it was not taken. */
  public record Outcome(@Nullable Receipt receipt, @Nullable RuntimeException failure) {

    static Outcome taken(Receipt receipt) {
      return new Outcome(receipt, null);
    }

    static Outcome failed(RuntimeException failure) {
      return new Outcome(null, failure);
    }

    /** The receipt; throws the failure if there is none. */
    public Receipt orThrow() {
      if (receipt == null) {
        throw failure != null ? failure : new IllegalStateException("neither taken nor failed");
      }
      return receipt;
    }
  }

  private List<Receipt> take(List<Delivery> deliveries) {
    return take(
        () -> "deliveries of " + deliveries.stream().map(d -> d.source().value()).toList(),
        (handle, lookUpAll) ->
            new DeliveryTurn(handle, settings, clock, lookUpAll).run(deliveries));
  }

  /** Work within one transaction; it is told whether every bucket is to be looked up. */
  @FunctionalInterface
  private interface Work<T> {
    T run(Handle handle, boolean lookUpAll);
  }

  private <T> T take(Supplier<String> what, Work<T> work) {
    boolean careful = false;
    for (int attempt = 1; ; attempt++) {
      try {
        boolean lookUpAll = careful;
        return jdbi.inTransaction(handle -> work.run(handle, lookUpAll));
      } catch (RuntimeException e) {
        String state = sqlState(e);
        boolean collided = state.equals(UNIQUE_VIOLATION) && !careful;
        if (attempt == ATTEMPTS || !(collided || TRANSIENT.contains(state))) {
          throw e;
        }
        careful |= collided;
        LOG.info(
            "{} met {}; trying again ({})",
            what.get(),
            collided ? "rows of an earlier writer" : "a concurrent transaction",
            attempt);
      }
    }
  }

  /**
   * Derives a stretch of a node's time anew from its archive, holds it against what is written, and
   * posts the differences; what an exporter says of that time is archived first. The ledger only
   * grows: each difference is a row that names what it corrects.
   *
   * @return what differed; once applied, the same order finds nothing more
   */
  public Mended mend(MendOrder order) {
    MendOrder taken = withTakeover(order);
    return take(
        () -> "mending " + order.node().composed(),
        (handle, lookUpAll) -> new RepairTurn(handle, settings, clock, taken, null).run());
  }

  /** As {@link #mend(MendOrder)}, and then undoes it: tells what it would do. */
  public Mended tryMend(MendOrder order, DryRun dry) {
    MendOrder taken = withTakeover(order);
    return take(
        () -> "mending " + order.node().composed(),
        (handle, lookUpAll) -> {
          Mended mended = new RepairTurn(handle, settings, clock, taken, dry).run();
          handle.rollback();
          return mended;
        });
  }

  private MendOrder withTakeover(MendOrder order) {
    NodePolicy policy = order.policy();
    String source = order.source();
    if (policy == null || source == null) {
      return order;
    }
    Instant from = takenOver(new SourceId(source)).orElse(Instant.EPOCH);
    return from.isAfter(policy.billingFrom())
        ? new MendOrder(
            order.node(),
            order.fromMinute(),
            order.untilMinute(),
            order.fetched(),
            source,
            policy.billingFrom(from))
        : order;
  }

  /**
   * Holds accounts' balances against their ledger rows, and what their buckets cost against quota
   * and prices, and posts the differences.
   *
   * @param dry what a dry run found so far: then everything is undone; null to do it
   */
  public Repaired examine(Set<UUID> accounts, @Nullable DryRun dry) {
    return take(
        () -> "examining " + accounts.size() + " accounts",
        (handle, lookUpAll) -> {
          if (dry != null) {
            for (List<BucketMend> page : dry.of(accounts)) {
              LedgerTurn earlier = ledger(handle);
              page.forEach(earlier::mend);
              new ReadModel(handle, clock.instant()).show(earlier.post().changes());
            }
          }
          LedgerTurn turn = ledger(handle);
          accounts.forEach(turn::examine);
          new ReadModel(handle, clock.instant()).show(turn.post().changes());
          if (dry != null) {
            handle.rollback();
          }
          return turn.repaired();
        });
  }

  private LedgerTurn ledger(Handle handle) {
    return new LedgerTurn(handle, settings.rating(), settings.sourceRevision(), clock);
  }

  /**
   * Takes in what other services posted to accounts that may have no usage now: their balance, and
   * with it their standing. An account in arrears that never had usage is opened, so that the
   * arrears sweep knows it.
   *
   * @return how many accounts were settled
   */
  public int settleForeignEntries() {
    int settled = 0;
    while (true) {
      int batch = jdbi.inTransaction(this::settleBatch);
      settled += batch;
      if (batch < SETTLE_BATCH) {
        return settled;
      }
    }
  }

  private int settleBatch(Handle handle) {
    List<UUID> accounts = handle.attach(SettleDao.class).unsettled(SETTLE_BATCH);
    if (accounts.isEmpty()) {
      return 0;
    }
    LedgerTurn turn = new LedgerTurn(handle, settings.rating(), settings.sourceRevision(), clock);
    accounts.forEach(turn::include);
    new ReadModel(handle, clock.instant()).show(turn.post().changes());
    return accounts.size();
  }

  /** Up to when an earlier writer billed what a source sends, if one did. */
  public Optional<Instant> takenOver(SourceId source) {
    return jdbi
        .withExtension(DeliveryTurn.Dao.class, dao -> dao.takeovers(new String[] {source.value()}))
        .stream()
        .map(DeliveryTurn.Takeover::billingFrom)
        .findFirst();
  }

  /** Statements of settling. */
  interface SettleDao {

    @SqlQuery(
        """
        SELECT account_uuid
          FROM billing.foreign_entries
         UNION
        SELECT q.account_uuid
          FROM public.account_quota_states q
         WHERE q.arrears
           AND q.opened_at IS NULL
         ORDER BY account_uuid
         LIMIT :most
        """)
    List<UUID> unsettled(@Bind("most") int most);
  }

  /**
   * Mends a sample that was set aside: records what a person decided about it, meters the node
   * again from there on, and posts what that changes.
   *
   * @param by who decided, {@code reason} why; both are kept with the decision
   * @throws IllegalArgumentException if there is no such sample
   */
  public Receipt decide(
      NodeKey node, SeriesKey series, Instant at, Decision decision, String by, String reason) {
    return jdbi.inTransaction(
        handle ->
            new DeliveryTurn(handle, settings, clock, true)
                .decide(node, series, at, decision, by, reason));
  }

  private static String sqlState(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof CopyRows.CopyFailed failed) {
        return failed.sqlState();
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }
}
