package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import plus.svc.billing.pipeline.ledger.AccountChange;
import plus.svc.billing.pipeline.ledger.BalanceWatch;
import plus.svc.billing.wallet.outbox.Notice;
import plus.svc.billing.wallet.outbox.NoticeKind;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.Thresholds;

/**
 * Puts a notice into the outbox for each line that traffic crosses, and what others posted with it,
 * in the very transaction. As metering is not to wait for it, nothing is asked of the database
 * unless a target wants to know and a balance fell, and then one statement for all accounts.
 */
public final class TrafficNotices implements BalanceWatch {

  private static final String METER = "traffic";

  private final Thresholds thresholds;
  private final BigDecimal balanceLow;
  private final String unit;
  private final Outbox outbox;

  private TrafficNotices(Thresholds thresholds, BigDecimal balanceLow, String unit, Outbox outbox) {
    this.thresholds = thresholds;
    this.balanceLow = balanceLow;
    this.unit = unit;
    this.outbox = outbox;
  }

  /**
   * Notices for whoever wants any.
   *
   * @param balanceLow a balance below it is low, unless the account was set up with another limit
   * @param unit of main accounts
   */
  public static BalanceWatch of(
      Thresholds thresholds, BigDecimal balanceLow, String unit, Outbox outbox) {
    return outbox.wants(NoticeKind.BALANCE_LOW) || outbox.wants(NoticeKind.QUOTA_LOW)
        ? new TrafficNotices(thresholds, balanceLow, unit, outbox)
        : BalanceWatch.NONE;
  }

  @Override
  public void changed(Handle handle, Instant now, List<AccountChange> changes) {
    List<Notice> notices = new ArrayList<>();
    if (outbox.wants(NoticeKind.BALANCE_LOW)) {
      addBalances(handle, now, changes, notices);
    }
    if (outbox.wants(NoticeKind.QUOTA_LOW)) {
      changes.forEach(change -> addQuota(now, change, notices));
    }
    outbox.add(handle, notices);
  }

  private void addBalances(
      Handle handle, Instant now, List<AccountChange> changes, List<Notice> notices) {
    List<AccountChange> fallen =
        changes.stream().filter(c -> c.kept().balance().compareTo(before(c)) < 0).toList();
    if (fallen.isEmpty()) {
      return;
    }
    Map<UUID, BigDecimal> own = new HashMap<>();
    UUID[] accounts = fallen.stream().map(AccountChange::account).toArray(UUID[]::new);
    handle.attach(Dao.class).limits(accounts).forEach(row -> own.put(row.account(), row.limit()));
    for (AccountChange change : fallen) {
      BigDecimal limit = own.getOrDefault(change.account(), balanceLow);
      thresholds
          .balance(change.account(), now, unit, limit, before(change), change.kept().balance())
          .ifPresent(notices::add);
    }
  }

  /** Of an account that is opened only now, what readers saw of it. */
  private static BigDecimal before(AccountChange change) {
    AccountChange.Kept before = change.before();
    return before == null
        ? change.kept().balance().subtract(change.moreBalance())
        : before.balance();
  }

  /** Of the newest period; what comes late for an older one is no news to anybody. */
  private void addQuota(Instant now, AccountChange change, List<Notice> notices) {
    AccountChange.Period period = change.kept().period();
    if (period == null || period.granted() <= 0) {
      return;
    }
    AccountChange.Kept kept = change.before();
    AccountChange.Period before = kept == null ? null : kept.period();
    boolean goesOn = before != null && before.start().equals(period.start());
    thresholds
        .quota(
            change.account(),
            now,
            METER,
            period.start().toString(),
            goesOn && before != null
                ? new Thresholds.Left(before.granted(), before.granted() - before.used())
                : new Thresholds.Left(period.granted(), period.granted()),
            new Thresholds.Left(period.granted(), period.granted() - period.used()))
        .ifPresent(notices::add);
  }

  /** An account's own limit. */
  public record Limit(UUID account, BigDecimal limit) {}

  /** Statements of the notices. */
  interface Dao {

    @SqlQuery(
        """
        SELECT account_id AS account, low_balance AS "limit"
          FROM billing.accounts
         WHERE account_id = ANY(:accounts) AND low_balance IS NOT NULL
        """)
    @RegisterConstructorMapper(Limit.class)
    List<Limit> limits(@Bind("accounts") UUID[] accounts);
  }
}
