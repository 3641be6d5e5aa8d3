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
import plus.svc.billing.pipeline.ledger.Repaired;
import plus.svc.billing.pipeline.readmodel.ReadModel;

/**
 * Mends facts from their evidence, each call in one transaction. The ledger only grows: a difference
 * is a row that names what it corrects.
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

  private LedgerTurn ledger(Handle handle) {
    return new LedgerTurn(handle, settings.rating(), settings.sourceRevision(), clock);
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
        jdbi.withExtension(DeliveryTurn.Dao.class, dao -> dao.takeovers(new String[] {source}))
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
