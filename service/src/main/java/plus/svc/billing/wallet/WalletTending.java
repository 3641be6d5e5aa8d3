package plus.svc.billing.wallet;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * What happens by itself: requests that a crash left unapplied are applied, appended entries are
 * taken in, holds whose time is over end. Any instance may do it, at any time, any number of times.
 */
public final class WalletTending {

  private static final int MOST = 500;
  private static final String GRACE = "5 seconds";
  private static final String LONG_GRACE = "10 minutes";

  private final Jdbi jdbi;
  private final WalletBatch batch;
  private final WalletPolicy policy;
  private final Consumer<Set<UUID>> opener;
  private final WalletBatch.Settler settler;
  private final Clock clock;

  WalletTending(
      Jdbi jdbi,
      WalletBatch batch,
      WalletPolicy policy,
      Consumer<Set<UUID>> opener,
      WalletBatch.Settler settler,
      Clock clock) {
    this.jdbi = jdbi;
    this.batch = batch;
    this.policy = policy;
    this.opener = opener;
    this.settler = settler;
    this.clock = clock;
  }

  /** Does everything once. */
  public void tend() {
    repair();
    takeIn();
  }

  /**
   * Applies requests that were stored and not applied.
   *
   * @return how many
   */
  public int repair() {
    int applied = 0;
    while (true) {
      List<RequestDao.Known> found =
          jdbi.withExtension(RequestDao.class, dao -> dao.unapplied(GRACE, MOST));
      if (found.isEmpty()) {
        // Whoever stores now is done long before the mark comes to that instant.
        jdbi.useExtension(RequestDao.class, dao -> dao.mark(LONG_GRACE));
        return applied;
      }
      List<WalletBatch.Pending> appended = new ArrayList<>();
      List<WalletBatch.Pending> locked = new ArrayList<>();
      for (RequestDao.Known row : found) {
        WalletBatch.Pending pending = WalletBatch.pending(row);
        (pending.command().isAppended() ? appended : locked).add(pending);
      }
      Map<UUID, WalletAnswer> answers = new HashMap<>();
      if (!appended.isEmpty()) {
        answers.putAll(batch.append(appended));
      }
      if (!locked.isEmpty()) {
        answers.putAll(batch.apply(locked));
      }
      applied += answers.size();
    }
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
        jdbi.withExtension(WalletDao.class, dao -> dao.withExpiredHolds(clock.instant(), MOST)));
    if (accounts.isEmpty()) {
      return 0;
    }
    Set<UUID> unopened =
        jdbi.inTransaction(
            handle -> {
              WalletTurn turn = new WalletTurn(handle, policy, clock.instant());
              Set<UUID> closed = turn.lock(accounts);
              if (closed.isEmpty()) {
                Set<UUID> unsettled = turn.write();
                if (!unsettled.isEmpty()) {
                  settler.settle(handle, unsettled);
                }
              }
              return closed;
            });
    if (!unopened.isEmpty()) {
      // What waits for them is taken in with that; the others' turn is the next one.
      opener.accept(unopened);
    }
    return accounts.size();
  }
}
