package plus.svc.billing.pipeline;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.ledger.LedgerTurn;
import plus.svc.billing.pipeline.ledger.PriceCache;
import plus.svc.billing.pipeline.ledger.Repaired;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.readmodel.ReadModel;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.quantity.NodeKey;

/**
 * Mends facts from their evidence, each call in one transaction. The ledger only grows: a
 * difference is a row that names what it corrects.
 */
public final class Mender {

  private final Jdbi jdbi;
  private final PipelineSettings settings;
  private final Clock clock;
  private final PipelineWatch watch;

  public Mender(Jdbi jdbi, PipelineSettings settings, Clock clock, PipelineWatch watch) {
    this.jdbi = jdbi;
    this.settings = settings;
    this.clock = clock;
    this.watch = watch;
  }

  /**
   * Derives a stretch of a node's time anew from its archive, holds it against what is written, and
   * posts the differences; what an exporter says of that time is archived first.
   *
   * @param dry what a dry run found so far: then all is undone, and told; null to do it
   * @return what differed; once it is done, the same order finds nothing more
   */
  public Mended mend(MendOrder order, @Nullable DryRun dry) {
    MendOrder taken = withTakeover(order);
    return Attempts.at(
        () -> "mending " + order.node().composed(),
        lookUpAll ->
            transaction(
                dry,
                posted ->
                    handle -> new RepairTurn(handle, settings, clock, taken, dry, posted).run()));
  }

  /**
   * Holds accounts' balances against their ledger rows, and what their buckets cost against quota
   * and prices, and posts the differences.
   *
   * @param dry as in {@link #mend}
   */
  public Repaired examine(Set<UUID> accounts, @Nullable DryRun dry) {
    return Attempts.at(
        () -> "examining " + accounts.size() + " accounts",
        lookUpAll -> transaction(dry, posted -> handle -> examine(handle, accounts, dry, posted)));
  }

  private Repaired examine(
      Handle handle, Set<UUID> accounts, @Nullable DryRun dry, List<LedgerTurn.Posted> posted) {
    if (dry != null) {
      for (List<BucketMend> page : dry.of(accounts)) {
        LedgerTurn earlier = ledger(handle);
        page.forEach(earlier::mend);
        new ReadModel(handle, clock.instant()).show(earlier.post().changes());
      }
    }
    LedgerTurn turn = ledger(handle);
    accounts.forEach(turn::examine);
    LedgerTurn.Posted done = turn.post();
    new ReadModel(handle, clock.instant()).show(done.changes());
    posted.add(done);
    return turn.repaired();
  }

  /** A sample of a node that was set aside. */
  public record HeldSample(NodeKey node, SeriesKey series, Instant at) {}

  /**
   * Takes a decision on samples, all in one transaction; as {@link Pipeline#decide}.
   *
   * @param dry whether all is undone, and only told
   * @return what each changed, in the same order; null where an earlier one of them released it
   */
  public List<@Nullable Receipt> decide(
      List<HeldSample> samples, Decision decision, String by, String reason, boolean dry) {
    return Attempts.at(
        () -> "deciding on " + samples.size() + " samples",
        lookUpAll ->
            transaction(
                dry ? new DryRun() : null,
                posted -> handle -> decide(handle, samples, decision, by, reason, posted)));
  }

  private List<@Nullable Receipt> decide(
      Handle handle,
      List<HeldSample> samples,
      Decision decision,
      String by,
      String reason,
      List<LedgerTurn.Posted> posted) {
    // All nodes before any account, as every writer does.
    new NodeStore(handle).lock(samples.stream().map(HeldSample::node).distinct().toList());
    List<@Nullable Receipt> receipts = new ArrayList<>();
    for (HeldSample sample : samples) {
      if (!isHeld(handle, sample)) {
        receipts.add(null);
        continue;
      }
      DeliveryTurn.Done done =
          new DeliveryTurn(handle, settings, clock, true, watch)
              .decide(sample.node(), sample.series(), sample.at(), decision, by, reason);
      posted.add(done.posted());
      receipts.add(done.receipts().get(0));
    }
    return receipts;
  }

  private static boolean isHeld(Handle handle, HeldSample sample) {
    return handle
        .createQuery(
            """
            SELECT EXISTS (
                   SELECT FROM billing.set_asides a
                     JOIN billing.nodes n ON n.node_key = a.node_key
                    WHERE n.env = :env AND n.node = :node AND a.collected_at = :at
                      AND a.identifier = :identifier AND a.inbound_tag = :inbound
                      AND a.reason IN ('JUMP', 'FELL_WITHOUT_RESTART'))
            """)
        .bind("env", sample.node().env())
        .bind("node", sample.node().node())
        .bind("at", sample.at())
        .bind("identifier", sample.series().identifier())
        .bind("inbound", sample.series().inboundTag())
        .mapTo(Boolean.class)
        .one();
  }

  private LedgerTurn ledger(Handle handle) {
    return settings.ledger(handle, clock, new PriceCache());
  }

  private <T> T transaction(
      @Nullable DryRun dry, Function<List<LedgerTurn.Posted>, Function<Handle, T>> work) {
    List<LedgerTurn.Posted> posted = new ArrayList<>(1);
    T done =
        jdbi.inTransaction(
            handle -> {
              T found = work.apply(posted).apply(handle);
              if (dry != null) {
                handle.rollback();
              }
              return found;
            });
    if (dry == null) {
      posted.forEach(what -> watch.committed(List.of(), what));
    }
    return done;
  }

  private MendOrder withTakeover(MendOrder order) {
    NodePolicy policy = order.policy();
    String source = order.source();
    if (policy == null || source == null) {
      return order;
    }
    Instant from =
        jdbi
            .withExtension(DeliveryTurn.Dao.class, dao -> dao.takeovers(new String[] {source}))
            .stream()
            .map(DeliveryTurn.Takeover::billingFrom)
            .findFirst()
            .orElse(Instant.EPOCH);
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
}
