package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import plus.svc.billing.pipeline.ledger.History;
import plus.svc.billing.wallet.outbox.Notice;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.Thresholds;

/** Puts a notice into the outbox for each line that a transaction crosses, in that transaction. */
public final class ThresholdNotices implements Notices {

  private final Thresholds thresholds;
  private final BigDecimal balanceLow;
  private final Outbox outbox;

  /**
   * @param balanceLow a balance below it is low, unless the account was set up with another limit
   */
  public ThresholdNotices(Thresholds thresholds, BigDecimal balanceLow, Outbox outbox) {
    this.thresholds = thresholds;
    this.balanceLow = balanceLow;
    this.outbox = outbox;
  }

  @Override
  public void changed(
      Handle handle, Instant now, Collection<Book> books, Collection<ServiceQuota> quotas) {
    List<Notice> notices = new ArrayList<>();
    for (Book book : books) {
      BigDecimal own = book.lowBalance() == null ? balanceLow : book.lowBalance();
      thresholds
          .balance(book.id(), now, book.unit(), own, book.balanceBefore(), book.balance())
          .ifPresent(notices::add);
    }
    for (ServiceQuota quota : quotas) {
      if (quota.hasChanged() && quota.granted() > 0) {
        thresholds
            .quota(
                quota.key().account(),
                now,
                quota.key().service(),
                quota.key().start().toString(),
                quota.granted(),
                quota.remainingBefore(),
                quota.remaining())
            .ifPresent(notices::add);
      }
    }
    if (thresholds.rateAmount().signum() > 0 || thresholds.rateCount() > 0) {
      addRates(handle, now, books, notices);
    }
    outbox.add(handle, notices);
  }

  /** By the turnover of the quarter, which holds what this transaction debited already. */
  private void addRates(Handle handle, Instant now, Collection<Book> books, List<Notice> notices) {
    Map<UUID, Book> debited = new HashMap<>();
    for (Book book : books) {
      if (book.debits().count() > 0) {
        debited.put(book.id(), book);
      }
    }
    if (debited.isEmpty()) {
      return;
    }
    for (DebitRow row :
        handle
            .attach(Dao.class)
            .debits(debited.keySet().toArray(UUID[]::new), History.quarter(now))) {
      Book book = debited.get(row.account());
      if (book == null) {
        continue;
      }
      Thresholds.Debits after = new Thresholds.Debits(row.amount(), row.entries());
      Thresholds.Debits before =
          new Thresholds.Debits(
              row.amount().subtract(book.debits().amount()).max(BigDecimal.ZERO),
              Math.max(0, row.entries() - book.debits().count()));
      thresholds.rate(book.id(), now, book.unit(), before, after).ifPresent(notices::add);
    }
  }

  /** What was debited in a quarter. */
  public record DebitRow(UUID account, BigDecimal amount, long entries) {}

  /** Statements of the notices. */
  interface Dao {

    @SqlQuery(
        """
        SELECT account_id AS account, sum(debit) AS amount, sum(entries)::bigint AS entries
          FROM billing.turnover
         WHERE account_id = ANY(:accounts) AND quarter = :quarter AND debit > 0
         GROUP BY account_id
         ORDER BY account_id
        """)
    @RegisterConstructorMapper(DebitRow.class)
    List<DebitRow> debits(@Bind("accounts") UUID[] accounts, @Bind("quarter") Instant quarter);
  }
}
