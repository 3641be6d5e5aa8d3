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
import plus.svc.billing.platform.RoundTrip;

/**
 * Opens the accounts of a batch: locks them in one order, makes those that are new, adds what other
 * services wrote since, and reads prices and quota. Everything is one statement for all accounts.
 */
final class AccountBook {

  private final AccountDao dao;
  private final RatingPolicy policy;
  private final Instant now;
  private final Periods periods;
  private final PriceCache priceCache;
  private final Handle handle;

  AccountBook(
      Handle handle, RatingPolicy policy, Periods periods, PriceCache priceCache, Instant now) {
    this.priceCache = priceCache;
    this.periods = periods;
    this.dao = handle.attach(AccountDao.class);
    this.handle = handle;
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
    Set<UUID> missing = new HashSet<>(accounts.keySet());
    fill(accounts, dao.lock(all), missing);
    if (!missing.isEmpty()) {
      // Who writes a ledger row first and the account's row then finds either none or ours.
      dao.keepOthersWaiting(sorted(missing));
      fill(accounts, dao.lock(sorted(missing)), missing);
    }
    readPrices(accounts);
    List<History.Taken> taken = new ArrayList<>();
    Map<UUID, BigDecimal> foreign = new HashMap<>();
    take(all, taken, foreign);
    if (!missing.isEmpty()) {
      insert(accounts, foreign, missing);
    }
    if (!missing.isEmpty()) {
      // Somebody made their rows first: what he posted with them is seen only now.
      UUID[] late = sorted(missing);
      fill(accounts, dao.lock(late), missing);
      take(late, taken, foreign);
    }
    readPastQuotas(accounts, oldest);
    book(accounts, taken);
    for (Account account : accounts.values()) {
      BigDecimal more = foreign.getOrDefault(account.id, BigDecimal.ZERO);
      if (account.opened) {
        account.opening = account.shared.balance().subtract(more).add(account.unshown);
        account.balance = more;
      } else {
        account.balance = account.balance.add(more);
        account.folded = more.signum() != 0;
      }
      noticeGrants(account);
    }
    return accounts;
  }

  private void take(UUID[] accounts, List<History.Taken> taken, Map<UUID, BigDecimal> foreign) {
    List<History.Taken> more = new ArrayList<>();
    RoundTrip trip = RoundTrip.on(handle);
    History.take(trip, accounts, more::add);
    trip.send();
    more.forEach(entry -> foreign.merge(entry.account(), entry.amount(), BigDecimal::add));
    taken.addAll(more);
  }

  private static UUID[] sorted(Collection<UUID> accounts) {
    return accounts.stream().sorted().toArray(UUID[]::new);
  }

  /** Gives what others posted its place in the history, before whatever this turn posts. */
  private void book(Map<UUID, Account> accounts, List<History.Taken> taken) {
    Map<UUID, BigDecimal> running = new HashMap<>();
    List<History.Booking> bookings = new ArrayList<>();
    for (History.Taken entry : taken) {
      Account account = find(accounts, entry.account());
      BigDecimal before =
          running.getOrDefault(account.id, account.opened ? BigDecimal.ZERO : account.balance);
      History.Booking booking = entry.after(account.lastEntryAt, before);
      running.put(account.id, booking.balanceAfter());
      account.lastEntryAt = booking.at();
      if (!entry.shown() && !account.made) {
        account.unshown = account.unshown.add(entry.amount());
      }
      bookings.add(booking);
    }
    RoundTrip trip = RoundTrip.on(handle);
    History.book(trip, bookings);
    trip.send();
  }

  private static Account find(Map<UUID, Account> accounts, UUID id) {
    @Nullable Account account = accounts.get(id);
    if (account == null) {
      throw new IllegalStateException("the database answered with an account not asked for");
    }
    return account;
  }

  private static void fill(
      Map<UUID, Account> accounts, List<AccountDao.RowOfAccount> rows, Set<UUID> missing) {
    for (AccountDao.RowOfAccount row : rows) {
      Account account = find(accounts, row.account());
      missing.remove(row.account());
      account.shared = row.shared();
      account.priceChanges = row.priceChanges();
      account.lastRatedAt = row.lastRatedAt();
      account.lastEntryAt = row.lastEntryAt();
      account.before = row.kept();
      AccountChange.@Nullable Kept kept = row.kept();
      if (kept == null) {
        account.opened = true;
        continue;
      }
      account.balance = kept.balance();
      account.shownRemaining = kept.shownRemaining();
      account.shownPeriod = kept.shownPeriod();
      account.arrearsReason = kept.arrearsReason();
      account.suspendReason = kept.suspendReason();
      AccountDao.@Nullable QuotaRow quota = row.quota();
      if (quota != null) {
        account.put(quota.quota());
        account.manyGrants = quota.lastGrantedAt().isAfter(quota.quota().start());
      }
    }
  }

  private void readPrices(Map<UUID, Account> accounts) {
    List<Account> unknown = new ArrayList<>();
    for (Account account : accounts.values()) {
      account.prices =
          account.isLocked() ? priceCache.find(account.id, account.priceChanges) : null;
      if (account.prices == null) {
        unknown.add(account);
      }
    }
    if (!unknown.isEmpty()) {
      readPricesOf(unknown, accounts);
    }
  }

  private void readPricesOf(List<Account> unknown, Map<UUID, Account> accounts) {
    Map<UUID, List<PriceTerms>> versions = new HashMap<>();
    UUID[] ids = unknown.stream().map(account -> account.id).toArray(UUID[]::new);
    for (AccountDao.PriceRow row : dao.prices(ids)) {
      versions.computeIfAbsent(row.account(), id -> new ArrayList<>(2)).add(row.terms());
    }
    List<UUID> priceless = new ArrayList<>();
    for (Account account : unknown) {
      @Nullable List<PriceTerms> found = versions.get(account.id);
      if (found == null) {
        priceless.add(account.id);
        continue;
      }
      PriceBook book = new PriceBook(found);
      account.prices = book;
      if (account.isLocked()) {
        priceCache.keep(account.id, account.priceChanges, book);
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

  /** Makes the rows of accounts that have none; those that another writer made stay missing. */
  private void insert(
      Map<UUID, Account> accounts, Map<UUID, BigDecimal> foreign, Set<UUID> missing) {
    List<Account> absent = missing.stream().sorted().map(id -> find(accounts, id)).toList();
    Long[] remaining =
        absent.stream()
            .map(account -> account.prices().at(now).includedQuotaBytes())
            .toArray(Long[]::new);
    BigDecimal[] balances =
        absent.stream()
            .map(
                account ->
                    policy.initialBalance().add(foreign.getOrDefault(account.id, BigDecimal.ZERO)))
            .toArray(BigDecimal[]::new);
    UUID[] ids = absent.stream().map(account -> account.id).toArray(UUID[]::new);
    Set<UUID> made = new HashSet<>(dao.insert(ids, remaining, balances, now));
    for (int i = 0; i < ids.length; i++) {
      if (made.contains(ids[i])) {
        Account account = absent.get(i);
        account.opened = true;
        account.made = true;
        account.shared =
            new Account.Shared(remaining[i], balances[i], false, false, now, null, null);
        missing.remove(ids[i]);
      }
    }
  }

  /**
   * Older periods are needed for usage before the newest one, and where accounts wrote a period
   * that begins before it. The history of grants is where there were several.
   */
  private void readPastQuotas(Map<UUID, Account> accounts, Instant oldest) {
    List<UUID> late = new ArrayList<>();
    List<UUID> granted = new ArrayList<>();
    Instant since = oldest;
    for (Account account : accounts.values()) {
      if (account.quotas.isEmpty()) {
        continue;
      }
      Instant newest = account.quotas.lastKey();
      @Nullable Instant written = account.shared.periodStart();
      if (written != null && !written.isAfter(newest) && !written.equals(account.shownPeriod)) {
        late.add(account.id);
        since = written.isBefore(since) ? written : since;
      } else if (oldest.isBefore(newest)) {
        late.add(account.id);
      }
      if (account.manyGrants) {
        granted.add(account.id);
      }
    }
    if (!late.isEmpty()) {
      for (AccountDao.QuotaRow row :
          dao.pastQuotas(late.toArray(UUID[]::new), AccountDao.TRAFFIC, policy.monthStart(since))) {
        Account account = find(accounts, row.account());
        account.put(row.quota());
        account.pastBefore.put(row.quota().start(), row.quota());
        if (row.lastGrantedAt().isAfter(row.quota().start())) {
          granted.add(row.account());
        }
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
            account.pastBefore.computeIfPresent(start, (same, stored) -> full);
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
