package plus.svc.billing.wallet.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.auth.Caller;
import plus.svc.billing.wallet.Amounts;
import plus.svc.billing.wallet.Means;
import plus.svc.billing.wallet.Refusal;
import plus.svc.billing.wallet.WalletReads;

/** The calls that read. */
final class Queries {

  private static final int PAGE = 20;
  private static final int MOST_PAGE = 200;
  private static final int MOST_HISTORY = 1_000;
  private static final int MOST_PAGES = 10_000;

  private final WalletReads reads;
  private final CachedReads cached;

  /**
   * @param cached what check, account and balance now are read from
   */
  Queries(WalletReads reads, CachedReads cached) {
    this.reads = reads;
    this.cached = cached;
  }

  Object read(WalletCall call, Caller caller, Fields fields) {
    return switch (call) {
      case GET_ACCOUNT -> account(caller, fields);
      case LIST_RECORDS -> records(caller, fields);
      case GET_STATS_TODAY -> stats(caller, fields, "today");
      case GET_STATS_MONTH -> stats(caller, fields, "month");
      case GET_STATS_SUMMARY -> summary(caller, fields);
      case CHECK_QUOTA -> check(caller, fields);
      case GET_BALANCE -> balance(caller, fields);
      case GET_HISTORY -> history(caller, fields);
      case GET_TURNOVER -> turnover(caller, fields);
      case GET_OPERATION -> operation(caller, fields);
      default -> throw new IllegalStateException(call + " reads nothing");
    };
  }

  private static UUID user(Caller caller, Fields fields) {
    UUID user = fields.id("userId");
    Access.uses(caller, List.of(user));
    return user;
  }

  private WalletReads.Standing standing(Caller caller, UUID account) {
    Access.uses(caller, List.of(account));
    return reads.balance(account).orElseThrow(() -> noAccount(account));
  }

  /** The same, perhaps as it was a moment ago. */
  private CachedReads.Aged<WalletReads.Standing> aged(Caller caller, UUID account) {
    Access.uses(caller, List.of(account));
    return cached.standing(account).orElseThrow(() -> noAccount(account));
  }

  private static WalletFailure noAccount(UUID account) {
    return WalletFailure.refused(Refusal.ACCOUNT_NOT_FOUND, "there is no account " + account);
  }

  /** The unit, if the caller names one, must be the account's. */
  private static void sameUnit(Fields fields, WalletReads.Standing standing) {
    String wanted = fields.text("currency").orElse(standing.unit());
    if (!wanted.equals(standing.unit())) {
      throw WalletFailure.refused(
          Refusal.UNIT_DIFFERS,
          "currency is '"
              + Fields.shown(wanted)
              + "': account "
              + standing.account()
              + " is kept in "
              + standing.unit());
    }
  }

  private Replies.GetAccountReply account(Caller caller, Fields fields) {
    CachedReads.Aged<WalletReads.Standing> aged = aged(caller, fields.id("userId"));
    WalletReads.Standing standing = aged.value();
    sameUnit(fields, standing);
    fields.nothingElse();
    CachedReads.Aged<List<WalletReads.Allowance>> allowances =
        cached.allowances(standing.account());
    List<Replies.FreeQuota> quotas = new ArrayList<>();
    for (WalletReads.Allowance free : allowances.value()) {
      quotas.add(
          new Replies.FreeQuota(
              free.service(),
              bounded(free.granted()),
              bounded(free.used()),
              YearMonth.from(free.month().atZone(reads.policy().zone())).toString(),
              free.granted(),
              free.used()));
    }
    return new Replies.GetAccountReply(
        standing.account(),
        Amounts.number(standing.balance()),
        quotas,
        Amounts.text(standing.balance()),
        standing.unit(),
        Amounts.text(standing.held()),
        Amounts.text(standing.available()),
        older(aged.asOf(), allowances.asOf()));
  }

  private static @Nullable Instant older(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }

  private Replies.ListRecordsReply records(Caller caller, Fields fields) {
    UUID user = user(caller, fields);
    int size = fields.whole("pageSize", PAGE, 1, MOST_PAGE);
    WalletReads.@Nullable Place before = Pages.read(fields);
    int page = fields.whole("page", 1, 1, MOST_PAGES);
    fields.nothingElse();
    int skip = before == null ? (page - 1) * size : 0;
    List<Replies.BillingRecord> records = new ArrayList<>();
    String next = "";
    for (WalletReads.UseRecord row : reads.records(user, before, skip, size)) {
      records.add(
          new Replies.BillingRecord(
              row.id(),
              row.service(),
              row.free() ? 1 : 2,
              Amounts.number(row.amount()),
              row.count(),
              row.createdAt(),
              Amounts.text(row.amount()),
              reads.policy().unit(),
              row.operation()));
      next = Pages.cursor(row.createdAt(), row.id());
    }
    return new Replies.ListRecordsReply(
        records, reads.recordCount(user), records.size() < size ? "" : next);
  }

  private Replies.GetStatsReply stats(Caller caller, Fields fields, String period) {
    UUID user = user(caller, fields);
    String service = fields.text("serviceName").orElse("");
    fields.nothingElse();
    WalletReads.Use sum = new WalletReads.Use(service, 0, 0, BigDecimal.ZERO);
    for (WalletReads.Use use :
        period.equals("today") ? reads.useToday(user) : reads.useThisMonth(user)) {
      sum = service.isEmpty() || service.equals(use.service()) ? plus(sum, use) : sum;
    }
    long total = Math.addExact(sum.free(), sum.paid());
    return new Replies.GetStatsReply(
        user,
        service,
        bounded(total),
        Amounts.number(sum.cost()),
        bounded(sum.free()),
        bounded(sum.paid()),
        period,
        Amounts.text(sum.cost()),
        total,
        sum.free(),
        sum.paid());
  }

  private Replies.GetStatsSummaryReply summary(Caller caller, Fields fields) {
    UUID user = user(caller, fields);
    fields.nothingElse();
    WalletReads.Use sum = new WalletReads.Use("", 0, 0, BigDecimal.ZERO);
    List<Replies.ServiceStats> services = new ArrayList<>();
    for (WalletReads.Use use : reads.useThisMonth(user)) {
      sum = plus(sum, use);
      long total = Math.addExact(use.free(), use.paid());
      services.add(
          new Replies.ServiceStats(
              use.service(),
              bounded(total),
              Amounts.number(use.cost()),
              bounded(use.free()),
              bounded(use.paid()),
              Amounts.text(use.cost()),
              total,
              use.free(),
              use.paid()));
    }
    long total = Math.addExact(sum.free(), sum.paid());
    return new Replies.GetStatsSummaryReply(
        user,
        bounded(total),
        Amounts.number(sum.cost()),
        services,
        Amounts.text(sum.cost()),
        total);
  }

  private static WalletReads.Use plus(WalletReads.Use sum, WalletReads.Use more) {
    return new WalletReads.Use(
        sum.service(),
        Math.addExact(sum.free(), more.free()),
        Math.addExact(sum.paid(), more.paid()),
        sum.cost().add(more.cost()));
  }

  /** Answers what deducting would, an error where that would be one. */
  private Replies.CheckQuotaReply check(Caller caller, Fields fields) {
    UUID user = user(caller, fields);
    String service = fields.required("serviceName");
    long count = fields.whole("count");
    fields.nothingElse();
    if (count <= 0 || count > Integer.MAX_VALUE) {
      throw WalletFailure.bad("count is " + count + ": must be 1 to " + Integer.MAX_VALUE);
    }
    CachedReads.Aged<Means> means = cached.means(user, service);
    WalletReads.Check check = means.value().check(count);
    refuse(check.refusal(), user, service);
    String how = check.paid() == 0 ? "free" : check.free() == 0 ? "balance" : "mixed";
    return new Replies.CheckQuotaReply(
        check.isAllowed(),
        check.isAllowed() ? how : "insufficient balance",
        check.free(),
        check.paid(),
        Amounts.text(check.cost()),
        means.asOf());
  }

  /** What no money would mend is an error, as it is for a deduction. */
  private void refuse(@Nullable Refusal refusal, UUID user, String service) {
    String message =
        refusal == null
            ? ""
            : switch (refusal) {
              case UNKNOWN_SERVICE ->
                  "service is '" + Fields.shown(service) + "': must be a configured one";
              case ACCOUNT_NOT_FOUND -> "there is no account " + user;
              case UNIT_DIFFERS ->
                  "services are paid for in "
                      + reads.policy().unit()
                      + ": account "
                      + user
                      + " is kept in another unit";
              default -> "";
            };
    if (refusal != null && !message.isEmpty()) {
      throw WalletFailure.refused(refusal, message);
    }
  }

  private Object balance(Caller caller, Fields fields) {
    UUID account = fields.id("accountId");
    @Nullable Instant at = fields.instantOrNull("at");
    @Nullable UUID operation = fields.idOrNull("atOperationId");
    if (at == null && operation == null) {
      CachedReads.Aged<WalletReads.Standing> aged = aged(caller, account);
      sameUnit(fields, aged.value());
      fields.nothingElse();
      return account(aged.value(), aged.asOf());
    }
    WalletReads.Standing standing = standing(caller, account);
    sameUnit(fields, standing);
    fields.nothingElse();
    if (operation != null) {
      return afterOperation(standing, operation);
    }
    Instant then = at == null ? reads.now() : at;
    BigDecimal balance = reads.balanceAt(account, then).orElse(BigDecimal.ZERO);
    return new Replies.BalanceAtReply(account, standing.unit(), Amounts.text(balance), then);
  }

  static Replies.AccountReply account(WalletReads.Standing standing, @Nullable Instant asOf) {
    return new Replies.AccountReply(
        standing.account(),
        standing.owner(),
        standing.unit(),
        Amounts.text(standing.balance()),
        Amounts.text(standing.held()),
        Amounts.text(standing.available()),
        asOf);
  }

  private Replies.BalanceAtReply afterOperation(WalletReads.Standing standing, UUID operation) {
    Map<UUID, UUID> accounts = reads.accountsOf(operation);
    return reads
        .operation(operation)
        .flatMap(
            told ->
                told.entries().stream()
                    .filter(entry -> standing.account().equals(accounts.get(entry.id())))
                    .filter(entry -> entry.balanceAfter() != null)
                    .reduce((one, later) -> later))
        .map(
            entry ->
                new Replies.BalanceAtReply(
                    standing.account(),
                    standing.unit(),
                    String.valueOf(Answers.text(entry.balanceAfter())),
                    entry.place()))
        .orElseThrow(
            () ->
                WalletFailure.refused(
                    Refusal.OPERATION_NOT_FOUND,
                    "operation "
                        + operation
                        + " has no place in the history of account "
                        + standing.account()));
  }

  private Replies.HistoryReply history(Caller caller, Fields fields) {
    WalletReads.Standing standing = standing(caller, fields.id("accountId"));
    @Nullable Instant from = fields.instantOrNull("from");
    @Nullable Instant until = fields.instantOrNull("until");
    int size = fields.whole("pageSize", PAGE, 1, MOST_HISTORY);
    WalletReads.@Nullable Place after = Pages.read(fields);
    fields.nothingElse();
    List<WalletReads.HistoryEntry> page =
        reads.history(
            standing.account(),
            from == null ? Instant.EPOCH : from,
            until == null ? reads.now().plusSeconds(60) : until,
            after == null ? null : WalletReads.HistoryEntry.endOfPage(after),
            size);
    List<Replies.Entry> entries =
        page.stream().map(row -> entry(row, standing.account(), standing.unit())).toList();
    String next =
        page.size() < size ? "" : Pages.cursor(page.get(size - 1).place(), page.get(size - 1).id());
    return new Replies.HistoryReply(standing.account(), standing.unit(), entries, next);
  }

  private static Replies.Entry entry(
      WalletReads.HistoryEntry row, @Nullable UUID account, @Nullable String unit) {
    return new Replies.Entry(
        row.id(),
        account,
        row.kind(),
        Amounts.text(row.amount()),
        unit,
        Answers.text(row.balanceAfter()),
        row.place(),
        row.meter().isEmpty() ? null : row.meter(),
        row.meter().isEmpty() ? null : row.units(),
        row.operation(),
        row.corrects());
  }

  private Replies.TurnoverReply turnover(Caller caller, Fields fields) {
    WalletReads.Standing standing = standing(caller, fields.id("accountId"));
    @Nullable Instant from = fields.instantOrNull("from");
    @Nullable Instant until = fields.instantOrNull("until");
    fields.nothingElse();
    Instant begin = from == null ? reads.policy().monthStart(reads.now()) : from;
    Instant end = until == null ? reads.policy().monthEnd(reads.now()) : until;
    return new Replies.TurnoverReply(
        standing.account(),
        standing.unit(),
        begin,
        end,
        reads.turnover(standing.account(), begin, end).stream()
            .map(
                sums ->
                    new Replies.Turnover(
                        sums.kind(),
                        sums.meter(),
                        sums.caller(),
                        sums.entries(),
                        sums.units(),
                        Amounts.text(sums.credit()),
                        Amounts.text(sums.debit())))
            .toList());
  }

  private Replies.StoredOperationReply operation(Caller caller, Fields fields) {
    @Nullable String key = fields.text("idempotencyKey").orElse(null);
    UUID id =
        key == null
            ? fields.id("operationId")
            : plus.svc.billing.wallet.WalletRequest.idOf(caller.name(), key);
    fields.nothingElse();
    WalletReads.Told told =
        reads
            .operation(id)
            .orElseThrow(
                () ->
                    caller.accounts().isEmpty()
                        ? WalletFailure.refused(
                            Refusal.OPERATION_NOT_FOUND, "there is no operation " + id)
                        : WalletFailure.denied("the token is bound to other accounts"));
    Map<UUID, UUID> accounts = reads.accountsOf(id);
    Access.uses(caller, told, accounts.values());
    List<Replies.Entry> entries =
        told.entries().stream()
            .map(
                row -> {
                  @Nullable UUID account = accounts.get(row.id());
                  return entry(row, account, account == null ? null : unit(account));
                })
            .toList();
    return new Replies.StoredOperationReply(
        id,
        id,
        told.kind(),
        told.status() == null ? "stored" : told.status(),
        entries,
        told.caller(),
        told.key(),
        told.source(),
        told.receivedAt(),
        told.appliedAt(),
        told.body(),
        told.reason() == null || told.reason().isEmpty() ? null : told.reason(),
        told.reverses(),
        reads.reversedBy(id).orElse(null));
  }

  private @Nullable String unit(UUID account) {
    return reads.balance(account).map(WalletReads.Standing::unit).orElse(null);
  }

  /** The contract's numbers have 32 bits. */
  private static long bounded(long count) {
    return Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, count));
  }
}
