package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.quantity.Minutes;

/**
 * Brings locked accounts back to what their ledger rows say before they are rated: the posted
 * columns of their buckets, their balance and what was taken of their quota. The ledger itself is
 * the truth and stays as it is.
 */
final class AccountRepair {

  private final Handle handle;
  private final Buckets buckets;
  private final String revision;
  private final Instant now;

  AccountRepair(Handle handle, Buckets buckets, String revision, Instant now) {
    this.handle = handle;
    this.buckets = buckets;
    this.revision = revision;
    this.now = now;
  }

  /** Puts buckets back to what was posted for them, and has them rated with their right bytes. */
  void restore(Map<UUID, Account> accounts, List<BucketMend> mends) {
    Dao dao = handle.attach(Dao.class);
    List<BucketMend> rows = mends.stream().filter(BucketMend::restores).toList();
    if (!rows.isEmpty()) {
      dao.rewrite(
          rows.stream().map(BucketMend::account).toArray(UUID[]::new),
          rows.stream().map(mend -> Minutes.start(mend.minute())).toArray(Instant[]::new),
          rows.stream().map(BucketMend::node).toArray(String[]::new),
          rows.stream().map(BucketMend::region).toArray(String[]::new),
          rows.stream().map(BucketMend::line).toArray(String[]::new),
          rows.stream().map(BucketMend::uplinkBytes).toArray(Long[]::new),
          rows.stream().map(BucketMend::downlinkBytes).toArray(Long[]::new),
          rows.stream().map(BucketMend::chargedBytes).toArray(Long[]::new),
          rows.stream().map(BucketMend::amount).toArray(BigDecimal[]::new),
          rows.stream().map(BucketMend::entries).toArray(Integer[]::new),
          revision,
          now);
    }
    List<BucketMend> posted =
        mends.stream().filter(mend -> !mend.isVoid() && !mend.restores()).toList();
    if (!posted.isEmpty()) {
      write(posted, (a, b, c, d, e, f, g, h) -> dao.restore(a, b, c, d, e, f, g, h, revision, now));
    }
    List<BucketMend> none = mends.stream().filter(BucketMend::isVoid).toList();
    if (!none.isEmpty()) {
      write(none, (a, b, c, d, e, f, g, h) -> dao.empty(a, b, c, d, e, now));
    }
    for (BucketMend mend : posted) {
      account(accounts, mend.account())
          .touched
          .add(
              RatedBucket.posted(
                      mend.minute(),
                      mend.node(),
                      mend.region(),
                      mend.line(),
                      mend.storedUplink(),
                      mend.storedDownlink(),
                      mend.includedBytes(),
                      mend.chargedBytes(),
                      mend.amount(),
                      mend.entries())
                  .mendedTo(mend.uplinkBytes(), mend.downlinkBytes(), mend.corrects()));
    }
  }

  /** A statement on buckets, by column. */
  @FunctionalInterface
  private interface Statement {
    @SuppressWarnings("TooManyParameters")
    void run(
        UUID[] accounts,
        Instant[] starts,
        String[] nodes,
        String[] regions,
        String[] lines,
        Long[] charged,
        BigDecimal[] amounts,
        Integer[] revisions);
  }

  private static void write(List<BucketMend> mends, Statement statement) {
    statement.run(
        mends.stream().map(BucketMend::account).toArray(UUID[]::new),
        mends.stream().map(mend -> Minutes.start(mend.minute())).toArray(Instant[]::new),
        mends.stream().map(BucketMend::node).toArray(String[]::new),
        mends.stream().map(BucketMend::region).toArray(String[]::new),
        mends.stream().map(BucketMend::line).toArray(String[]::new),
        mends.stream().map(BucketMend::chargedBytes).toArray(Long[]::new),
        mends.stream().map(BucketMend::amount).toArray(BigDecimal[]::new),
        mends.stream().map(BucketMend::entries).toArray(Integer[]::new));
  }

  /**
   * Makes balances the sum of the ledger again, and what is taken of quotas the sum of the buckets.
   *
   * @param shown whether the balance that readers see is mended wherever it drifted; else only
   *     together with the exact one
   */
  void settle(Collection<Account> accounts, boolean shown) {
    Map<UUID, Sum> sums = new HashMap<>();
    handle
        .attach(Dao.class)
        .ledgerSums(accounts.stream().map(account -> account.id).toArray(UUID[]::new))
        .forEach(row -> sums.put(row.account(), row));
    for (Account account : accounts) {
      if (account.opened) {
        continue; // its opening row makes the sum what it shows
      }
      Sum sum = sums.getOrDefault(account.id, Sum.NONE);
      BigDecimal toBeShown = account.shared.balance().add(account.unshown);
      BigDecimal shownDrift = sum.shown().subtract(toBeShown);
      boolean moved = account.balance.compareTo(toBeShown) == 0;
      account.exactMend = sum.amount().subtract(account.balance);
      account.balance = account.balance.add(account.exactMend);
      if (shown || moved) {
        account.shownMend = shownDrift;
      }
      settleQuotas(account, shown);
    }
  }

  private void settleQuotas(Account account, boolean shown) {
    for (Quota quota : new ArrayList<>(account.quotas.values())) {
      Buckets.Sums taken = buckets.sumsBetween(account.id, quota.start(), account.endOf(quota));
      Quota settled = quota.withUsage(taken.included(), taken.charged());
      account.put(settled);
      if (shown && !settled.equals(quota)) {
        account.quotaMends.add(
            new Repaired.Taken(
                account.id,
                quota.start(),
                settled.used() - quota.used(),
                settled.charged() - quota.charged()));
      }
    }
  }

  private static Account account(Map<UUID, Account> accounts, UUID id) {
    Account account = accounts.get(id);
    if (account == null) {
      throw new IllegalStateException("an account to be mended was not opened");
    }
    return account;
  }

  /** Statements that bring rows back to what the ledger says. */
  interface Dao {

    @SqlUpdate(
        """
        INSERT INTO public.traffic_minute_buckets AS b
               (bucket_start, node_id, account_uuid, region, line_code, rating_status,
                source_revision, created_at, updated_at, charged_bytes, amount, revision)
        SELECT bucket_start, node_id, account_uuid, region, line_code, 'rated',
               :source, :now::timestamptz, :now::timestamptz, charged, amount, revision
          FROM unnest(:accounts, :starts, :nodes, :regions, :lines, :charged, :amounts, :revisions)
            AS c (account_uuid, bucket_start, node_id, region, line_code, charged, amount, revision)
            ON CONFLICT (bucket_start, node_id, account_uuid, region, line_code) DO UPDATE
           SET total_bytes = b.uplink_bytes + b.downlink_bytes,
               charged_bytes = excluded.charged_bytes, amount = excluded.amount,
               revision = excluded.revision, updated_at = excluded.updated_at
        """)
    @SuppressWarnings("TooManyParameters")
    void restore(
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("nodes") String[] nodes,
        @Bind("regions") String[] regions,
        @Bind("lines") String[] lines,
        @Bind("charged") Long[] charged,
        @Bind("amounts") BigDecimal[] amounts,
        @Bind("revisions") Integer[] revisions,
        @Bind("source") String source,
        @Bind("now") Instant now);

    /** The whole row; what was not charged was free. */
    @SqlUpdate(
        """
        INSERT INTO public.traffic_minute_buckets AS b
               (bucket_start, node_id, account_uuid, region, line_code, uplink_bytes,
                downlink_bytes, total_bytes, rating_status, source_revision, created_at,
                updated_at, included_bytes, charged_bytes, amount, revision)
        SELECT bucket_start, node_id, account_uuid, region, line_code, uplink, downlink,
               uplink + downlink, 'rated', :source, :now::timestamptz, :now::timestamptz,
               uplink + downlink - charged, charged, amount, revision
          FROM unnest(:accounts, :starts, :nodes, :regions, :lines, :uplinks, :downlinks, :charged,
                      :amounts, :revisions)
            AS c (account_uuid, bucket_start, node_id, region, line_code, uplink, downlink, charged,
                  amount, revision)
            ON CONFLICT (bucket_start, node_id, account_uuid, region, line_code) DO UPDATE
           SET uplink_bytes = excluded.uplink_bytes, downlink_bytes = excluded.downlink_bytes,
               total_bytes = excluded.total_bytes, included_bytes = excluded.included_bytes,
               charged_bytes = excluded.charged_bytes, amount = excluded.amount,
               revision = excluded.revision, updated_at = excluded.updated_at
        """)
    @SuppressWarnings("TooManyParameters")
    void rewrite(
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("nodes") String[] nodes,
        @Bind("regions") String[] regions,
        @Bind("lines") String[] lines,
        @Bind("uplinks") Long[] uplinks,
        @Bind("downlinks") Long[] downlinks,
        @Bind("charged") Long[] charged,
        @Bind("amounts") BigDecimal[] amounts,
        @Bind("revisions") Integer[] revisions,
        @Bind("source") String source,
        @Bind("now") Instant now);

    /** Nothing was ever posted for them: they are as idle ones. */
    @SqlUpdate(
        """
        UPDATE public.traffic_minute_buckets b
           SET uplink_bytes = 0, downlink_bytes = 0, total_bytes = 0, included_bytes = 0,
               charged_bytes = 0, amount = 0, revision = 0, updated_at = :now
          FROM unnest(:accounts, :starts, :nodes, :regions, :lines)
            AS c (account_uuid, bucket_start, node_id, region, line_code)
         WHERE b.bucket_start = c.bucket_start
           AND b.node_id = c.node_id
           AND b.account_uuid = c.account_uuid
           AND b.region = c.region
           AND b.line_code = c.line_code
        """)
    void empty(
        @Bind("accounts") UUID[] accounts,
        @Bind("starts") Instant[] starts,
        @Bind("nodes") String[] nodes,
        @Bind("regions") String[] regions,
        @Bind("lines") String[] lines,
        @Bind("now") Instant now);

    @SqlQuery(
        """
        SELECT l.account_uuid, l.amount - coalesce(f.amount, 0),
               l.amount - coalesce(f.unshown, 0)
          FROM (SELECT account_uuid, sum(amount_delta) AS amount
                  FROM public.billing_ledger
                 WHERE account_uuid = ANY(:accounts) AND sub_account IS NULL
                 GROUP BY account_uuid) AS l
          LEFT JOIN (SELECT account_uuid, sum(amount_delta) AS amount,
                            sum(amount_delta) FILTER (WHERE NOT shown) AS unshown
                       FROM billing.foreign_entries
                      WHERE account_uuid = ANY(:accounts)
                      GROUP BY account_uuid) AS f USING (account_uuid)
        """)
    @RegisterRowMapper(SumMapper.class)
    List<Sum> ledgerSums(@Bind("accounts") UUID[] accounts);
  }

  /**
   * What the ledger says an account has.
   *
   * @param amount without what was posted since its lock was taken, which waits to be taken in
   * @param shown without what readers see only once it is taken in
   */
  record Sum(UUID account, BigDecimal amount, BigDecimal shown) {

    static final Sum NONE = new Sum(new UUID(0, 0), BigDecimal.ZERO, BigDecimal.ZERO);
  }

  /** Maps a sum. */
  public static final class SumMapper implements RowMapper<Sum> {
    @Override
    public Sum map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Sum(rs.getObject(1, UUID.class), rs.getBigDecimal(2), rs.getBigDecimal(3));
    }
  }
}
