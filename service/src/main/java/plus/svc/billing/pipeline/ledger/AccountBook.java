package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceBook;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * Opens the accounts of a batch: locks them in one order, makes those that are new, adds what other
 * services wrote since, and reads prices and quota. Everything is one statement for all accounts.
 */
final class AccountBook {

  private final AccountDao dao;
  private final RatingPolicy policy;
  private final Instant now;
  private final Periods periods;

  AccountBook(Handle handle, RatingPolicy policy, Periods periods, Instant now) {
    this.periods = periods;
    this.dao = handle.attach(AccountDao.class);
    this.policy = policy;
    this.now = now;
  }

  /**
   * Opens accounts for a transaction.
   *
   * @param ids accounts of {@code users}
   * @param oldest the oldest instant that will be rated
   */
  Map<UUID, Account> open(Collection<UUID> ids, Instant oldest) {
    UUID[] all = ids.stream().sorted().toArray(UUID[]::new);
    Map<UUID, Account> accounts = new LinkedHashMap<>(all.length * 2);
    for (UUID id : all) {
      accounts.put(id, new Account(id));
    }
    lock(accounts, all);
    readPrices(accounts, all);
    Map<UUID, BigDecimal> foreign = new HashMap<>();
    dao.foldForeignEntries(all).forEach(row -> foreign.put(row.account(), row.amount()));
    insertMissingSharedRows(accounts, foreign, all);
    readQuotas(accounts, all, oldest);
    for (Account account : accounts.values()) {
      BigDecimal more = foreign.getOrDefault(account.id, BigDecimal.ZERO);
      if (account.opened) {
        account.opening = account.shared.balance().subtract(more);
        account.balance = more;
      } else {
        account.balance = account.balance.add(more);
        account.folded = more.signum() != 0;
      }
      noticeGrants(account);
    }
    return accounts;
  }

  private void lock(Map<UUID, Account> accounts, UUID[] all) {
    Set<UUID> missing = new HashSet<>(accounts.keySet());
    for (AccountDao.State state : dao.lock(all)) {
      fill(accounts, state);
      missing.remove(state.account());
    }
    if (missing.isEmpty()) {
      return;
    }
    UUID[] toOpen = missing.stream().sorted().toArray(UUID[]::new);
    for (UUID opened : dao.insertStates(toOpen, now)) {
      find(accounts, opened).opened = true;
      missing.remove(opened);
    }
    for (AccountDao.State state : dao.lock(missing.toArray(UUID[]::new))) {
      fill(accounts, state);
    }
  }

  private static Account find(Map<UUID, Account> accounts, UUID id) {
    @Nullable Account account = accounts.get(id);
    if (account == null) {
      throw new IllegalStateException("the database answered with an account not asked for");
    }
    return account;
  }

  private static void fill(Map<UUID, Account> accounts, AccountDao.State state) {
    Account account = find(accounts, state.account());
    account.balance = state.balance();
    account.shownRemaining = state.shownRemaining();
    account.shownPeriod = state.shownPeriod();
    account.lastRatedAt = state.lastRatedAt();
    account.arrearsReason = state.arrearsReason();
    account.suspendReason = state.suspendReason();
  }

  private void readPrices(Map<UUID, Account> accounts, UUID[] all) {
    Map<UUID, List<PriceTerms>> versions = new HashMap<>();
    for (AccountDao.PriceRow row : dao.prices(all)) {
      versions.computeIfAbsent(row.account(), id -> new ArrayList<>(2)).add(row.terms());
    }
    List<UUID> priceless = new ArrayList<>();
    for (Account account : accounts.values()) {
      @Nullable List<PriceTerms> found = versions.get(account.id);
      if (found == null) {
        priceless.add(account.id);
      } else {
        account.prices = new PriceBook(found);
      }
    }
    if (priceless.isEmpty()) {
      return;
    }
    for (AccountDao.ProfileRow row : dao.profiles(priceless.toArray(UUID[]::new))) {
      Account account = find(accounts, row.account());
      PriceTerms first = policy.terms(row.profile(), Instant.EPOCH);
      account.prices = new PriceBook(List.of(first));
      account.newPrice = first;
    }
  }

  private void insertMissingSharedRows(
      Map<UUID, Account> accounts, Map<UUID, BigDecimal> foreign, UUID[] all) {
    readShared(accounts, all);
    List<Account> absent =
        accounts.values().stream().filter(account -> !account.shared.present()).toList();
    if (absent.isEmpty()) {
      return;
    }
    UUID[] ids = absent.stream().map(account -> account.id).toArray(UUID[]::new);
    dao.insertShared(
        ids,
        absent.stream()
            .map(account -> account.prices().at(now).includedQuotaBytes())
            .toArray(Long[]::new),
        absent.stream()
            .map(
                account ->
                    policy.initialBalance().add(foreign.getOrDefault(account.id, BigDecimal.ZERO)))
            .toArray(BigDecimal[]::new),
        now);
    readShared(accounts, ids);
  }

  private void readShared(Map<UUID, Account> accounts, UUID[] ids) {
    for (AccountDao.SharedRow row : dao.shared(ids)) {
      find(accounts, row.account()).shared = row.shared();
    }
  }

  private void readQuotas(Map<UUID, Account> accounts, UUID[] all, Instant oldest) {
    List<UUID> granted = new ArrayList<>();
    @Nullable Instant[] shown = new Instant[all.length];
    for (int i = 0; i < all.length; i++) {
      shown[i] = find(accounts, all[i]).shownPeriod;
    }
    for (AccountDao.QuotaRow row :
        dao.quotas(all, shown, AccountDao.TRAFFIC, policy.monthStart(oldest))) {
      Account account = find(accounts, row.account());
      account.put(row.quota());
      account.quotasBefore.put(row.quota().start(), row.quota());
      if (row.lastGrantedAt().isAfter(row.quota().start())) {
        granted.add(row.account());
      }
    }
    if (granted.isEmpty()) {
      return;
    }
    Map<UUID, Map<Instant, List<Quota.Grant>>> grants = new HashMap<>();
    for (AccountDao.GrantRow row : dao.grants(granted.toArray(UUID[]::new), AccountDao.TRAFFIC)) {
      grants
          .computeIfAbsent(row.account(), id -> new HashMap<>())
          .computeIfAbsent(row.periodStart(), start -> new ArrayList<>())
          .add(row.grant());
    }
    grants.forEach((id, byPeriod) -> withGrants(find(accounts, id), byPeriod));
  }

  private static void withGrants(Account account, Map<Instant, List<Quota.Grant>> byPeriod) {
    byPeriod.forEach(
        (start, grants) -> {
          @Nullable Quota quota = account.quotas.get(start);
          if (quota != null) {
            Quota full = quota.grantedBy(grants);
            account.put(full);
            account.quotasBefore.put(start, full);
          }
        });
  }

  /** What accounts wrote into the quota row since we last left it: a new period, or a grant. */
  private void noticeGrants(Account account) {
    Account.Shared shared = account.shared;
    if (account.opened) {
      account.shownPeriod = shared.periodStart();
      account.shownRemaining = shared.remaining();
      return;
    }
    boolean newPeriod =
        shared.periodStart() != null
            && shared.periodEnd() != null
            && shared.periodStart().isBefore(shared.periodEnd())
            && !shared.periodStart().equals(account.shownPeriod);
    if (newPeriod) {
      periods.begin(account);
    } else if (shared.remaining() != account.shownRemaining && !account.quotas.isEmpty()) {
      Quota newest = account.quotas.lastEntry().getValue();
      account.grant(
          newest, new Quota.Grant(now, shared.remaining() - account.shownRemaining, "accounts"));
      account.shownRemaining = shared.remaining();
    }
  }
}
