package plus.svc.billing.wallet;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What happens by itself: requests that a crash left unapplied are applied, appended entries are
 * taken in, holds whose time is over end. Any instance may do it, at any time, any number of times.
 */
public final class WalletTending {

  private static final int MOST = 500;
  private static final String GRACE = "5 seconds";
  private static final String LONG_GRACE = "10 minutes";
  private static final int TURNS_BETWEEN_ALL = 300;

  private final Jdbi jdbi;
  private final WalletBatch batch;
  private final WalletPolicy policy;
  private final WalletBatch.Settler settler;
  private final Clock clock;
  private long turns;
  private @Nullable Instant lookedUntil;

  WalletTending(
      Jdbi jdbi, WalletBatch batch, WalletPolicy policy, WalletBatch.Settler settler, Clock clock) {
    this.jdbi = jdbi;
    this.batch = batch;
    this.policy = policy;
    this.settler = settler;
    this.clock = clock;
  }

  /** Does everything once; most times only what was stored since the last time is looked at. */
  public void tend() {
    repair(turns++ % TURNS_BETWEEN_ALL == 0 ? null : lookedUntil);
    takeIn();
  }

  /**
   * Applies requests that were stored and not applied.
   *
   * @return how many
   */
  public int repair() {
    return repair(null);
  }

  private int repair(@Nullable Instant from) {
    Instant until = jdbi.withExtension(RequestDao.class, dao -> dao.settledUntil(GRACE));
    int applied = 0;
    while (true) {
      List<RequestDao.Known> found =
          jdbi.withExtension(RequestDao.class, dao -> dao.unapplied(from, until, MOST));
      if (found.isEmpty()) {
        lookedUntil = until;
        if (from == null) {
          // Whoever stores now is done long before the mark comes to that instant.
          jdbi.useExtension(RequestDao.class, dao -> dao.mark(LONG_GRACE));
        }
        return applied;
      }
      List<WalletBatch.Pending> appended = new ArrayList<>();
      List<WalletBatch.Pending> locked = new ArrayList<>();
      List<RuntimeException> failed = new ArrayList<>();
      for (RequestDao.Known row : found) {
        try {
          WalletBatch.Pending pending = WalletBatch.pending(row);
          (pending.command().isAppended() ? appended : locked).add(pending);
        } catch (IllegalStateException e) {
          failed.add(e);
        }
      }
      int more = apply(appended, batch::append, failed) + apply(locked, batch::apply, failed);
      applied += more;
      if (more == 0 && !failed.isEmpty()) {
        throw failed.get(0);
      }
    }
  }

  /** Applies requests together or else each alone: one that can't be applied stops no other. */
  private static int apply(
      List<WalletBatch.Pending> requests,
      Function<List<WalletBatch.Pending>, Map<UUID, WalletAnswer>> step,
      List<RuntimeException> failed) {
    if (requests.isEmpty()) {
      return 0;
    }
    try {
      return step.apply(requests).size();
    } catch (RuntimeException e) {
      if (requests.size() == 1) {
        failed.add(e);
        return 0;
      }
    }
    int applied = 0;
    for (WalletBatch.Pending request : requests) {
      applied += apply(List.of(request), step, failed);
    }
    return applied;
  }

  /**
   * Takes in what was posted without locks, and ends holds whose time is over.
   *
   * @return how many accounts were looked at
   */
  public int takeIn() {
    List<UUID> awaiting = jdbi.withExtension(AppendDao.class, dao -> dao.awaiting(MOST));
    Set<UUID> accounts = new TreeSet<>(awaiting);
    accounts.addAll(
        jdbi.withExtension(AppendDao.class, dao -> dao.withExpiredHolds(clock.instant(), MOST)));
    if (accounts.isEmpty()) {
      return 0;
    }
    try {
      takeIn(accounts);
    } catch (WalletTurn.Unopened e) {
      batch.open(e.accounts());
      takeIn(accounts);
    }
    return accounts.size();
  }

  private void takeIn(Set<UUID> accounts) {
    jdbi.useTransaction(
        handle -> {
          WalletTurn turn = new WalletTurn(handle, policy, clock.instant());
          turn.lock(accounts);
          Set<UUID> unsettled = turn.write();
          if (!unsettled.isEmpty()) {
            settler.settle(handle, unsettled);
          }
        });
  }
}
