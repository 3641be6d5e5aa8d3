package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/** Writes what a turn made of its accounts: ledger rows, older periods, grants, prices. */
final class LedgerWriter {

  private static final String LEDGER =
      "public.billing_ledger (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,"
          + " amount_delta, balance_after, pricing_rule_version, created_at, node_id, line_code,"
          + " corrects)";

  private final Handle handle;
  private final Dao dao;
  private final Instant now;
  private final LedgerId ids = new LedgerId();

  LedgerWriter(Handle handle, Instant now) {
    this.handle = handle;
    this.dao = handle.attach(Dao.class);
    this.now = now;
  }

  /** Writes everything; returns the number of ledger rows. */
  int write(Collection<Account> accounts) {
    int rows = writeEntries(accounts);
    writeQuotas(accounts);
    writeGrants(accounts);
    writePrices(accounts);
    return rows;
  }

  private int writeEntries(Collection<Account> accounts) {
    int[] rows = {0};
    CopyRows.write(
        handle.getConnection(),
        LEDGER,
        out -> {
          long micros = Micros.of(now);
          for (Account account : accounts) {
            BigDecimal running = account.balance;
            if (account.opening.signum() != 0) {
              running = running.add(account.opening);
              out.add(ids.of(now.toEpochMilli(), "opening|" + account.id))
                  .add(account.id)
                  .add(now)
                  .add(now)
                  .add(EntryKind.OPENING_BALANCE.text())
                  .add(0L)
                  .add(account.opening)
                  .add(running)
                  .add("")
                  .add(place(account, micros + rows[0]++))
                  .addNull()
                  .addNull()
                  .addNull()
                  .endRow();
            }
            for (RatedBucket bucket : account.changed) {
              if (Posting.needsEntry(bucket)) {
                running = running.add(bucket.moreAmount());
                entry(out, account.id, bucket, running, place(account, micros + rows[0]++));
              }
            }
            if (running.compareTo(account.balanceAfter()) != 0) {
              throw new InvariantViolation(
                  "account "
                      + account.id
                      + ": posted rows lead to another balance than the sum of its charges");
            }
          }
        });
    return rows[0];
  }

  /** The next place in an account's history: a clock that was set back doesn't disturb it. */
  private static Instant place(Account account, long micros) {
    Instant place = History.after(account.lastEntryAt, Micros.toInstant(micros));
    account.lastEntryAt = place;
    return place;
  }

  private void entry(
      CopyRows out, UUID account, RatedBucket bucket, BigDecimal running, Instant createdAt)
      throws java.sql.SQLException {
    EntryKind kind = EntryKind.of(bucket);
    boolean first = kind == EntryKind.TRAFFIC_CHARGE;
    out.add(id(ids, account, bucket, bucket.revision() + 1))
        .add(account)
        .add(Minutes.start(bucket.minute()))
        .add(Minutes.start(bucket.minute() + 1))
        .add(kind.text())
        .add(bucket.moreCharged())
        .add(bucket.moreAmount())
        .add(running)
        .add(bucket.ruleVersion())
        .add(createdAt)
        .add(bucket.node())
        .add(bucket.line())
        .addNullable(first ? null : corrected(ids, account, bucket))
        .endRow();
  }

  /** The row that a bucket's next one corrects: its first, unless another is known to be wrong. */
  static UUID corrected(LedgerId ids, UUID account, RatedBucket bucket) {
    @Nullable UUID wrong = bucket.corrects();
    return wrong != null ? wrong : id(ids, account, bucket, 1);
  }

  /** The id of a bucket's ledger row, revisions from 1. */
  static UUID id(LedgerId ids, UUID account, RatedBucket bucket, int revision) {
    return ids.ofBucket(bucket.minute(), bucket.node(), account, bucket.line(), revision);
  }

  private void writeQuotas(Collection<Account> accounts) {
    QuotaColumns changed = new QuotaColumns();
    QuotaColumns made = new QuotaColumns();
    for (Account account : accounts) {
      @Nullable Instant newest = account.quotas.isEmpty() ? null : account.quotas.lastKey();
      for (Instant gone : account.pastBefore.keySet()) {
        if (!account.quotas.containsKey(gone) || gone.equals(newest)) {
          dao.deleteQuota(account.id, AccountDao.TRAFFIC, gone);
        }
      }
      for (Quota quota : account.quotas.values()) {
        @Nullable Quota before = account.pastBefore.get(quota.start());
        if (quota.start().equals(newest)) {
          continue; // part of the account's row
        }
        if (before == null) {
          made.add(account.id, quota);
        } else if (!quota.equals(before)) {
          changed.add(account.id, quota);
        }
      }
    }
    if (!made.isEmpty()) {
      made.writeBy(dao::upsertQuotas);
    }
    if (!changed.isEmpty() && changed.writeBy(dao::updateQuotas) != changed.size()) {
      throw new InvariantViolation("a quota that was read under the account's lock is gone");
    }
  }

  /** Quotas of accounts, to be written by one statement. */
  private static final class QuotaColumns {
    private final List<UUID> ids = new ArrayList<>();
    private final List<Quota> quotas = new ArrayList<>();

    void add(UUID account, Quota quota) {
      ids.add(account);
      quotas.add(quota);
    }

    boolean isEmpty() {
      return ids.isEmpty();
    }

    int size() {
      return ids.size();
    }

    int writeBy(QuotaStatement statement) {
      return statement.write(
          AccountDao.TRAFFIC,
          ids.toArray(UUID[]::new),
          quotas.stream().map(Quota::start).toArray(Instant[]::new),
          quotas.stream().map(Quota::end).toArray(Instant[]::new),
          quotas.stream().map(Quota::granted).toArray(Long[]::new),
          quotas.stream().map(Quota::used).toArray(Long[]::new),
          quotas.stream().map(Quota::charged).toArray(Long[]::new),
          quotas.stream().map(Quota::lastIncludedAt).toArray(Instant[]::new),
          quotas.stream().map(Quota::lastGrantedAt).toArray(Instant[]::new));
    }
  }

  /** A statement that writes quotas; gives how many rows it wrote. */
  @FunctionalInterface
  private interface QuotaStatement {
    @SuppressWarnings("TooManyParameters")
    int write(
        String meter,
        UUID[] accounts,
        Instant[] starts,
        Instant[] ends,
        Long[] granted,
        Long[] used,
        Long[] charged,
        @Nullable Instant[] included,
        Instant[] grantedAt);
  }

  private void writeGrants(Collection<Account> accounts) {
    for (Account account : accounts) {
      for (Instant replaced : account.replacedPeriods) {
        dao.deleteGrants(account.id, AccountDao.TRAFFIC, replaced);
      }
      for (Account.NewGrant made : account.newGrants) {
        dao.insertGrant(
            account.id,
            AccountDao.TRAFFIC,
            made.periodStart(),
            made.grant().effectiveAt(),
            made.grant().amount(),
            made.grant().origin(),
            now);
      }
    }
  }

  private void writePrices(Collection<Account> accounts) {
    List<UUID> ids = new ArrayList<>();
    List<PriceTerms> terms = new ArrayList<>();
    for (Account account : accounts) {
      if (account.newPrice != null) {
        ids.add(account.id);
        terms.add(account.newPrice);
      }
    }
    if (!ids.isEmpty()) {
      handle.attach(PriceDao.class).insertAll(ids, terms, now);
    }
  }

  /** Statements that write the exact state, each for a whole batch. */
  interface Dao {

    @SqlUpdate(
        """
        INSERT INTO billing.past_quotas
               (account_uuid, meter, period_start, period_end, granted, used, charged,
                last_included_at, last_granted_at)
        SELECT account_uuid, :meter, period_start, period_end, granted, used, charged,
               last_included_at, last_granted_at
          FROM unnest(:accounts, :starts, :ends, :granted, :used, :charged, :included, :grantedAt)
            AS c (account_uuid, period_start, period_end, granted, used, charged,
                  last_included_at, last_granted_at)
            ON CONFLICT (account_uuid, meter, period_start) DO UPDATE
           SET period_end = excluded.period_end, granted = excluded.granted,
               used = excluded.used, charged = excluded.charged,
               last_included_at = excluded.last_included_at,
               last_granted_at = excluded.last_granted_at
        """)
    @SuppressWarnings("TooManyParameters")
    int upsertQuotas(
        @Bind("meter") String meter,
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("ends") Instant[] ends,
        @Bind("granted") Long[] granted,
        @Bind("used") Long[] used,
        @Bind("charged") Long[] charged,
        @Bind("included") @Nullable Instant[] included,
        @Bind("grantedAt") Instant[] grantedAt);

    @SqlUpdate(
        """
        UPDATE billing.past_quotas q
           SET period_end = c.period_end, granted = c.granted, used = c.used,
               charged = c.charged, last_included_at = c.last_included_at,
               last_granted_at = c.last_granted_at
          FROM unnest(:accounts, :starts, :ends, :granted, :used, :charged, :included, :grantedAt)
            AS c (account_uuid, period_start, period_end, granted, used, charged,
                  last_included_at, last_granted_at)
         WHERE q.account_uuid = c.account_uuid
           AND q.meter = :meter
           AND q.period_start = c.period_start
        """)
    @SuppressWarnings("TooManyParameters")
    int updateQuotas(
        @Bind("meter") String meter,
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("ends") Instant[] ends,
        @Bind("granted") Long[] granted,
        @Bind("used") Long[] used,
        @Bind("charged") Long[] charged,
        @Bind("included") @Nullable Instant[] included,
        @Bind("grantedAt") Instant[] grantedAt);

    @SqlUpdate(
        """
        DELETE FROM billing.past_quotas
         WHERE account_uuid = :account AND meter = :meter AND period_start = :start
        """)
    void deleteQuota(
        @Bind("account") UUID account, @Bind("meter") String meter, @Bind("start") Instant start);

    @SqlUpdate(
        """
        DELETE FROM billing.quota_grants
         WHERE account_uuid = :account AND meter = :meter AND period_start = :start
        """)
    void deleteGrants(
        @Bind("account") UUID account, @Bind("meter") String meter, @Bind("start") Instant start);

    @SqlUpdate(
        """
        INSERT INTO billing.quota_grants
               (account_uuid, meter, period_start, effective_at, amount, origin, recorded_at)
        VALUES (:account, :meter, :start, :effective, :amount, :origin, :now)
            ON CONFLICT (account_uuid, meter, period_start, effective_at, origin) DO UPDATE
           SET amount = quota_grants.amount + excluded.amount
        """)
    void insertGrant(
        @Bind("account") UUID account,
        @Bind("meter") String meter,
        @Bind("start") Instant start,
        @Bind("effective") Instant effective,
        @Bind("amount") long amount,
        @Bind("origin") String origin,
        @Bind("now") Instant now);
  }
}
