package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.audit.Finding.Kind;

/**
 * Holds balances against all their ledger rows, those of other services included, and quotas
 * against their grants and their use. Some accounts at a time.
 */
final class AccountAudit {

  private static final int PAGE = 500;
  private static final UUID BEFORE_ALL = new UUID(0L, 0L);

  private final MoneyDao dao;
  private final Findings findings;
  private final QuotaBook quotas;
  private final Map<UUID, BigDecimal> explained;
  private final Map<UUID, Set<UUID>> doubles;
  private final WalletAudit wallet;
  private final Set<UUID> broken = new HashSet<>();
  private long accounts;
  private long entries;
  private long pendingGrants;

  AccountAudit(
      MoneyDao dao, Findings findings, QuotaBook quotas, WalletAudit wallet, LedgerAudit ledger) {
    this(dao, findings, quotas, wallet, ledger.explained(), ledger.doubles());
  }

  AccountAudit(
      MoneyDao dao,
      Findings findings,
      QuotaBook quotas,
      WalletAudit wallet,
      Map<UUID, BigDecimal> explained,
      Map<UUID, Set<UUID>> doubles) {
    this.dao = dao;
    this.findings = findings;
    this.quotas = quotas;
    this.wallet = wallet;
    this.explained = explained;
    this.doubles = doubles;
  }

  long accounts() {
    return accounts;
  }

  long entries() {
    return entries;
  }

  /** Accounts whose remaining quota accounts.svc.plus changed since we last looked at it. */
  long pendingGrants() {
    return pendingGrants;
  }

  /**
   * Looks at accounts.
   *
   * @param only null for all
   */
  void run(@Nullable List<UUID> only) {
    UUID[] ids = only == null ? new UUID[0] : only.toArray(UUID[]::new);
    UUID after = BEFORE_ALL;
    while (true) {
      List<MoneyDao.AccountRow> page = dao.accounts(only == null, ids, after, PAGE);
      if (page.isEmpty()) {
        break;
      }
      judge(page);
      after = page.get(page.size() - 1).account();
    }
    for (MoneyDao.ForeignRow row : dao.brokenForeign(only == null, ids)) {
      findings.add(
          Finding.ofAccount(
              Kind.FOREIGN_ENTRY_DIFFERS,
              row.account(),
              null,
              row.posted() == null ? null : Pricing.plain(row.posted()),
              Pricing.plain(row.noted()),
              null,
              "what is noted of ledger row " + row.entry() + " is not that row"));
    }
  }

  /**
   * Looks at the next accounts only.
   *
   * @return the last one looked at, null behind the last of all
   */
  @Nullable UUID next(UUID after, int most) {
    List<MoneyDao.AccountRow> page = dao.accounts(true, new UUID[0], after, most);
    if (!page.isEmpty()) {
      judge(page);
    }
    return page.size() < most ? null : page.get(page.size() - 1).account();
  }

  private void judge(List<MoneyDao.AccountRow> page) {
    UUID[] ids = page.stream().map(MoneyDao.AccountRow::account).toArray(UUID[]::new);
    Map<UUID, AccountEntries> sums = new LinkedHashMap<>();
    for (UUID id : ids) {
      sums.put(id, new AccountEntries());
    }
    dao.entriesOf(
        ids,
        row -> {
          entries++;
          AccountEntries ofAccount = sums.get(row.entry().account());
          if (ofAccount != null) {
            ofAccount.add(row);
          }
        });
    quotas.load(List.of(ids));
    broken.clear();
    broken.addAll(wallet.accounts(ids));
    for (MoneyDao.AccountRow row : page) {
      AccountEntries ofAccount = sums.getOrDefault(row.account(), new AccountEntries());
      ofAccount.strays().forEach(stray -> LedgerAudit.tellDouble(findings, stray, doubles));
      balance(row, ofAccount);
      accounts++;
    }
    quota(page);
  }

  private void balance(MoneyDao.AccountRow row, AccountEntries rows) {
    Set<UUID> told = doubles.getOrDefault(row.account(), new HashSet<>());
    if (!rows.nodeless().isEmpty()) {
      rows.nodeless().forEach(stray -> LedgerAudit.tellDouble(findings, stray, doubles));
    }
    BigDecimal must = rows.sum().subtract(row.pending());
    BigDecimal off = row.exactBalance().subtract(must);
    BigDecimal doubled =
        rows.strays().stream()
            .map(MoneyDao.EntryRow::amount)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal known = explained.getOrDefault(row.account(), BigDecimal.ZERO).negate();
    boolean fits =
        off.signum() == 0
            || off.compareTo(doubled.negate()) == 0
            || (known.signum() != 0 && off.compareTo(known) == 0);
    if (!fits) {
      findings.add(
          Finding.ofAccount(
              Kind.BALANCE_DIFFERS,
              row.account(),
              null,
              Pricing.plain(must),
              Pricing.plain(row.exactBalance()),
              Pricing.plain(off.negate()),
              "the exact balance is not the sum of the account's ledger rows"
                  + (row.pending().signum() == 0
                      ? ""
                      : ", less " + Pricing.plain(row.pending()) + " not taken in yet")));
    } else if (known.signum() == 0
        && told.isEmpty()
        && rows.strays().isEmpty()
        && !broken.contains(row.account())) {
      chain(row, rows);
    }
    BigDecimal shown = row.exactBalance().add(row.pendingShown());
    boolean drifted =
        row.shownBalance().compareTo(shown) != 0
            && (row.pendingShown().signum() == 0
                || row.shownBalance().compareTo(row.exactBalance()) != 0);
    if (drifted) {
      findings.add(
          Finding.ofAccount(
              Kind.SHOWN_BALANCE_DIFFERS,
              row.account(),
              null,
              Pricing.plain(shown),
              Pricing.plain(row.shownBalance()),
              Pricing.plain(shown.subtract(row.shownBalance())),
              "current_balance, which readers see, drifted from the exact balance"));
    }
  }

  private void chain(MoneyDao.AccountRow row, AccountEntries rows) {
    int breaks = rows.breaks(row.exactBalance());
    if (breaks > rows.foreign()) {
      findings.add(
          Finding.ofAccount(
              Kind.BALANCE_CHAIN_BROKEN,
              row.account(),
              null,
              rows.foreign() + " at most",
              breaks,
              null,
              "balance_after of its ledger rows does not follow from row to row: where it breaks,"
                  + " no row of another service explains it"));
    }
  }

  private void quota(List<MoneyDao.AccountRow> page) {
    List<UUID> ids = new ArrayList<>();
    List<Instant> starts = new ArrayList<>();
    List<Instant> ends = new ArrayList<>();
    for (MoneyDao.AccountRow row : page) {
      for (QuotaBook.Period period : quotas.of(row.account())) {
        ids.add(row.account());
        starts.add(period.row.start());
        ends.add(period.until);
      }
    }
    Map<UUID, Map<Instant, MoneyDao.SumRow>> sums = new HashMap<>();
    if (!ids.isEmpty()) {
      dao.sums(
              ids.toArray(UUID[]::new),
              starts.toArray(Instant[]::new),
              ends.toArray(Instant[]::new))
          .forEach(
              sum ->
                  sums.computeIfAbsent(sum.account(), id -> new HashMap<>()).put(sum.start(), sum));
    }
    for (MoneyDao.AccountRow row : page) {
      Map<Instant, MoneyDao.SumRow> ofAccount = sums.getOrDefault(row.account(), Map.of());
      QuotaBook.@Nullable Period newest = null;
      for (QuotaBook.Period period : quotas.of(row.account())) {
        MoneyDao.@Nullable SumRow sum = ofAccount.get(period.row.start());
        boolean fits = sum == null || period(row.account(), period, sum);
        newest = fits ? period : null;
      }
      shown(row, newest);
    }
  }

  private boolean period(UUID account, QuotaBook.Period period, MoneyDao.SumRow sum) {
    long granted = period.grants.stream().mapToLong(MoneyDao.GrantRow::amount).sum();
    Instant start = period.row.start();
    if (granted != period.row.granted()) {
      tell(account, start, granted, period.row.granted(), "granted is not the sum of its grants");
      return false;
    }
    long used = period.row.used();
    if (used != sum.included() && used != sum.included() + period.includedAdjust) {
      tell(account, start, sum.included(), used, "used is not what its buckets took of it");
      return false;
    }
    long charged = period.row.charged();
    // Bytes of an unlimited plan are charged at zero, and are in here or not.
    if (charged > sum.charged() && charged != sum.charged() + period.chargedAdjust) {
      tell(
          account, start, sum.charged(), charged, "more is noted as charged than its buckets were");
    }
    @Nullable Instant included = period.row.lastIncludedAt();
    if (period.includedAdjust == 0
        && sum.lastIncluded() != null
        && (included == null || included.isBefore(sum.lastIncluded()))) {
      tell(account, start, sum.lastIncluded(), included, "a later bucket took free bytes");
    }
    @Nullable Instant newest =
        period.grants.isEmpty() ? null : period.grants.get(period.grants.size() - 1).effectiveAt();
    if (newest != null && !newest.equals(period.row.lastGrantedAt())) {
      tell(
          account,
          start,
          newest,
          period.row.lastGrantedAt(),
          "the newest grant is of another time");
    }
    return true;
  }

  private void shown(MoneyDao.AccountRow row, QuotaBook.@Nullable Period newest) {
    if (newest != null) {
      long must = Math.max(0, newest.row.granted() - newest.row.used());
      if (must != row.shownRemaining() && newest.includedAdjust == 0) {
        tell(
            row.account(),
            newest.row.start(),
            must,
            row.shownRemaining(),
            "shown_remaining is not granted - used");
      }
    }
    if (row.remaining() != row.shownRemaining()) {
      pendingGrants++;
    }
    if (row.newestRated() != null) {
      tell(
          row.account(),
          row.newestRated(),
          row.newestRated(),
          row.ratedAt(),
          "rated_at is older than the newest rated bucket");
    }
  }

  private void tell(
      UUID account, Instant at, @Nullable Object must, @Nullable Object is, String why) {
    findings.add(Finding.ofAccount(Kind.QUOTA_DIFFERS, account, at, must, is, null, why));
  }
}
