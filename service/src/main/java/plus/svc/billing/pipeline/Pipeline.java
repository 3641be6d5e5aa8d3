package plus.svc.billing.pipeline;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.platform.StageWatch;
import plus.svc.billing.platform.StageWatch.Stage;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.quantity.NodeKey;

/**
 * The way of the data, from snapshots to the shared tables: each delivery is taken whole, in one
 * transaction, or not at all.
 *
 * <pre>source -> snapshot -> metering -> rating -> ledger -> read model</pre>
 */
public final class Pipeline {

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
  private static final int SETTLE_BATCH = 1_000;

  private final Jdbi jdbi;
  private final PipelineSettings settings;
  private final Clock clock;
  private final PipelineWatch watch;
  private final PriceCache prices;

  /** A pipeline that nobody watches. */
  public Pipeline(Jdbi jdbi, PipelineSettings settings, Clock clock) {
    this(jdbi, settings, clock, PipelineWatch.NONE);
  }

  public Pipeline(Jdbi jdbi, PipelineSettings settings, Clock clock, PipelineWatch watch) {
    this(jdbi, settings, clock, watch, new PriceCache());
  }

  Pipeline(
      Jdbi jdbi, PipelineSettings settings, Clock clock, PipelineWatch watch, PriceCache prices) {
    this.jdbi = jdbi;
    this.prices = prices;
    this.settings = settings;
    this.clock = clock;
    this.watch = watch;
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
            Happening.PAGES_APART,
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
    return Attempts.at(
        () -> "deliveries of " + deliveries.stream().map(d -> d.source().value()).toList(),
        lookUpAll ->
            transaction(deliveries, handle -> turn(handle, lookUpAll).run(deliveries)).receipts());
  }

  private DeliveryTurn turn(Handle handle, boolean lookUpAll) {
    return new DeliveryTurn(handle, settings, clock, lookUpAll, watch, prices);
  }

  /** Does the work in a transaction and tells who watches. */
  private DeliveryTurn.Done transaction(
      List<Delivery> deliveries, Function<Handle, DeliveryTurn.Done> work) {
    DeliveryTurn.Done done = watch.during(Stage.TRANSACTION, () -> committed(work));
    watch.committed(deliveries, done.posted());
    return done;
  }

  private DeliveryTurn.Done committed(Function<Handle, DeliveryTurn.Done> work) {
    List<StageWatch.Running> commit = new ArrayList<>(1);
    try {
      return jdbi.inTransaction(
          handle -> {
            DeliveryTurn.Done done = work.apply(handle);
            commit.add(watch.begin(Stage.COMMIT));
            return done;
          });
    } finally {
      commit.forEach(StageWatch.Running::close);
    }
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
      int batch = transaction(List.of(), this::settleBatch).posted().changes().size();
      settled += batch;
      if (batch < SETTLE_BATCH) {
        return settled;
      }
    }
  }

  private DeliveryTurn.Done settleBatch(Handle handle) {
    return settle(handle, handle.attach(SettleDao.class).unsettled(SETTLE_BATCH));
  }

  private DeliveryTurn.Done settle(Handle handle, Collection<UUID> accounts) {
    LedgerTurn turn = settings.ledger(handle, clock, new PriceCache());
    accounts.forEach(turn::include);
    LedgerTurn.Posted posted = turn.post();
    new ReadModel(handle, clock.instant()).show(posted.changes());
    return new DeliveryTurn.Done(List.of(), posted);
  }

  /** Opens accounts of users that never had any usage, in a transaction of its own. */
  public void open(Collection<UUID> accounts) {
    transaction(List.of(), handle -> settle(handle, accounts));
  }

  /**
   * Brings arrears and throttling of locked accounts in line with their balances, within the
   * handle's transaction.
   */
  public void settleStandings(Handle handle, Collection<UUID> accounts) {
    settle(handle, accounts);
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
          JOIN billing.identities USING (account_uuid)
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
    return transaction(
            List.of(), handle -> turn(handle, true).decide(node, series, at, decision, by, reason))
        .receipts()
        .get(0);
  }
}
