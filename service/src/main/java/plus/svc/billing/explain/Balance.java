package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.explain.ExplainDao.FurtherRow;
import plus.svc.billing.explain.ExplainDao.KindRow;
import plus.svc.billing.explain.ExplainDao.ShownRow;

/**
 * What an account had at any instant, a user's main one or a further one: the sum of the ledger
 * rows that were posted up to then.
 */
public final class Balance {

  /** Sorts behind the name of every node. */
  private static final String BEHIND = "\uffff";

  /** Of now, all rows count: another instance's clock may be ahead of ours. */
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

  private final Jdbi jdbi;

  public Balance(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  private record Found(
      boolean known,
      List<KindRow> kinds,
      @Nullable QuotaRow quota,
      @Nullable ShownRow shown,
      @Nullable FurtherRow further) {

    BigDecimal sum() {
      return kinds.stream().map(KindRow::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }

  /**
   * Tells it.
   *
   * @param now if {@code at} is no earlier, the account's row is told too, and has to agree
   */
  public void at(UUID account, Instant at, Instant now, Report report) {
    Found found =
        jdbi.inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ,
            handle -> {
              ExplainDao dao = handle.attach(ExplainDao.class);
              Instant until = at.isBefore(now) ? at : END_OF_TIME;
              FurtherRow further = dao.further(account).orElse(null);
              if (further != null) {
                return new Found(true, dao.furtherKinds(account, until), null, null, further);
              }
              return new Found(
                  dao.isKnown(account),
                  dao.kinds(account, until),
                  dao.quota(account, at, BEHIND, BEHIND).orElse(null),
                  at.isBefore(now) ? null : dao.shown(account).orElse(null),
                  null);
            });
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("account", account);
    summary.put("at", at);
    if (!found.known()) {
      summary.put("problem", "there is no such account");
      report.end(summary, Verdict.REFUSED);
      return;
    }
    ledger(found, report);
    FurtherRow further = found.further();
    if (further != null) {
      summary.put("owner", further.owner());
      summary.put("unit", further.unit());
      summary.put("balance", found.sum());
      boolean isNow = !at.isBefore(now);
      report.end(summary, isNow ? furtherRow(found, further, summary, report) : Verdict.CLEAN);
      return;
    }
    quota(found, report);
    summary.put("balance", found.sum());
    report.end(summary, shown(found, summary, report));
  }

  private static void ledger(Found found, Report report) {
    report.section("ledger", "kind", "entries", "amount", "charged_bytes", "last_posted_at");
    for (KindRow kind : found.kinds()) {
      report.row(kind.entryType(), kind.entries(), kind.amount(), kind.ratedBytes(), kind.lastAt());
    }
  }

  private static void quota(Found found, Report report) {
    report.section(
        "quota", "period_start", "period_end", "granted", "taken", "left", "charged_bytes");
    QuotaRow quota = found.quota();
    if (quota != null) {
      report.row(
          quota.periodStart(),
          quota.periodEnd(),
          quota.granted(),
          quota.used(),
          quota.remaining(),
          quota.charged());
    }
  }

  private static Verdict shown(Found found, Map<String, @Nullable Object> summary, Report report) {
    ShownRow row = found.shown();
    if (row == null) {
      return Verdict.CLEAN;
    }
    BigDecimal kept = row.exactBalance().add(row.toTakeIn());
    BigDecimal drift = kept.subtract(found.sum());
    report.section(
        "row_now",
        "current_balance",
        "exact_balance",
        "posted_by_others_since",
        "free_bytes_left",
        "arrears",
        "throttle_state",
        "suspend_state",
        "updated_at");
    report.row(
        row.currentBalance(),
        row.exactBalance(),
        row.toTakeIn(),
        row.remainingIncludedQuota(),
        row.arrears(),
        row.throttleState(),
        row.suspendState(),
        row.updatedAt());
    summary.put("row_differs_by", drift);
    return drift.signum() == 0 ? Verdict.CLEAN : Verdict.FOUND;
  }

  private static Verdict furtherRow(
      Found found, FurtherRow row, Map<String, @Nullable Object> summary, Report report) {
    report.section("account_now", "balance", "posted_by_others_since", "held", "open_holds");
    report.row(row.balance(), row.toTakeIn(), row.held(), row.openHolds());
    BigDecimal drift = row.balance().add(row.toTakeIn()).subtract(found.sum());
    summary.put("row_differs_by", drift);
    return drift.signum() == 0 ? Verdict.CLEAN : Verdict.FOUND;
  }
}
