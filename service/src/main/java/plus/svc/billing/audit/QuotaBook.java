package plus.svc.billing.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The quota periods of accounts with their grants, and what of them was taken as it is derived. */
final class QuotaBook {

  private static final Instant FAR_FUTURE = Instant.parse("9999-12-31T00:00:00Z");

  private final MoneyDao dao;
  private final Instant since;
  private final Map<UUID, TreeMap<Instant, Period>> periods = new HashMap<>();
  private final Set<UUID> read = new HashSet<>();

  /**
   * @param since where the derivation begins: what was taken before is read as it is written
   */
  QuotaBook(MoneyDao dao, Instant since) {
    this.dao = dao;
    this.since = since;
  }

  /** A period of an account. */
  static final class Period {
    final MoneyDao.PeriodRow row;

    /** The first instant that falls under another period. */
    final Instant until;

    final List<MoneyDao.GrantRow> grants = new ArrayList<>();

    /** Free bytes taken before the derivation began, and by what was derived since. */
    long taken;

    /** What buckets hold too little of, where they are not as they must be. */
    long includedAdjust;

    long chargedAdjust;

    Period(MoneyDao.PeriodRow row, Instant until) {
      this.row = row;
      this.until = until;
    }

    boolean grantsAddUp() {
      return grants.stream().mapToLong(MoneyDao.GrantRow::amount).sum() == row.granted();
    }

    long grantedBy(Instant instant) {
      long sum = 0;
      for (MoneyDao.GrantRow grant : grants) {
        sum += grant.effectiveAt().isAfter(instant) ? 0 : grant.amount();
      }
      return sum;
    }
  }

  /** Reads the periods of accounts that were not read yet. */
  void load(Collection<UUID> accounts) {
    Set<UUID> fresh = new HashSet<>(accounts);
    fresh.removeAll(read);
    if (fresh.isEmpty()) {
      return;
    }
    read.addAll(fresh);
    UUID[] ids = fresh.stream().sorted().toArray(UUID[]::new);
    Map<UUID, MoneyDao.WrittenPeriod> written = new HashMap<>();
    dao.writtenPeriods(ids).forEach(row -> written.put(row.account(), row));
    Map<UUID, List<MoneyDao.PeriodRow>> rows = new HashMap<>();
    for (MoneyDao.PeriodRow row : dao.periods(ids)) {
      rows.computeIfAbsent(row.account(), id -> new ArrayList<>(2)).add(row);
    }
    rows.forEach((account, ofAccount) -> put(account, ofAccount, written.get(account)));
    for (MoneyDao.GrantRow grant : dao.grants(ids)) {
      @Nullable Period period =
          periods.getOrDefault(grant.account(), new TreeMap<>()).get(grant.periodStart());
      if (period != null) {
        period.grants.add(grant);
      }
    }
    readTakenBefore(fresh);
  }

  private void put(
      UUID account, List<MoneyDao.PeriodRow> rows, MoneyDao.@Nullable WrittenPeriod written) {
    TreeMap<Instant, Period> ofAccount = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      MoneyDao.PeriodRow row = rows.get(i);
      Instant until = row.end();
      if (i + 1 < rows.size()) {
        Instant next = rows.get(i + 1).start();
        until = next.isBefore(until) ? next : until;
      } else if (written != null
          && (row.start().equals(written.shownPeriod())
              || row.start().equals(written.writtenPeriod()))) {
        until = FAR_FUTURE; // the newest one that accounts wrote stays open
      }
      ofAccount.put(row.start(), new Period(row, until));
    }
    periods.put(account, ofAccount);
  }

  private void readTakenBefore(Set<UUID> accounts) {
    List<Period> begun = new ArrayList<>();
    for (UUID account : accounts) {
      for (Period period : periods.getOrDefault(account, new TreeMap<>()).values()) {
        if (period.row.start().isBefore(since) && period.until.isAfter(since)) {
          begun.add(period);
        }
      }
    }
    if (begun.isEmpty()) {
      return;
    }
    for (MoneyDao.SumRow sum :
        dao.sums(
            begun.stream().map(period -> period.row.account()).toArray(UUID[]::new),
            begun.stream().map(period -> period.row.start()).toArray(Instant[]::new),
            begun.stream().map(period -> since).toArray(Instant[]::new))) {
      @Nullable Period period = at(sum.account(), sum.start());
      if (period != null) {
        period.taken = sum.included();
      }
    }
  }

  /** The period an instant falls under, null if none. */
  @Nullable Period at(UUID account, Instant instant) {
    Map.@Nullable Entry<Instant, Period> entry =
        periods.getOrDefault(account, new TreeMap<>()).floorEntry(instant);
    return entry != null && instant.isBefore(entry.getValue().until) ? entry.getValue() : null;
  }

  /** All periods of an account, ascending. */
  Collection<Period> of(UUID account) {
    return periods.getOrDefault(account, new TreeMap<>()).values();
  }

  /** Forgets accounts that are done with. */
  void forget(Collection<UUID> accounts) {
    accounts.forEach(periods::remove);
    read.removeAll(accounts);
  }
}
