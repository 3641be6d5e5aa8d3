package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.FetchSize;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/** Reads money, and what it is made of. */
interface MoneyDao {

  /** The price versions of an account, ascending. */
  record PriceRow(UUID account, PriceTerms terms) {}

  @SqlQuery(
      """
      SELECT account_uuid, effective_from, price_per_byte, region_multiplier, line_multiplier,
             peak_multiplier, offpeak_multiplier, included_quota_bytes, unlimited, rule_version
        FROM billing.price_versions
       WHERE account_uuid = ANY(:accounts)
       ORDER BY account_uuid, effective_from
      """)
  @RegisterRowMapper(PriceMapper.class)
  List<PriceRow> prices(@Bind("accounts") UUID[] accounts);

  /** A rated bucket. */
  record RatedRow(
      BucketKey key,
      String region,
      long total,
      long included,
      long charged,
      BigDecimal amount,
      BigDecimal multiplier,
      int revision) {}

  @SqlQuery(
      """
      SELECT floor(date_part('epoch', bucket_start) / 60)::bigint, node_id, line_code,
             account_uuid, region, total_bytes, included_bytes,
             charged_bytes, amount, multiplier, revision
        FROM public.traffic_minute_buckets
       WHERE bucket_start >= :from AND bucket_start < :until
         AND (revision > 0 OR included_bytes <> 0 OR charged_bytes <> 0 OR amount <> 0)
         AND (:all OR account_uuid = ANY(:accounts))
      """)
  @RegisterRowMapper(RatedMapper.class)
  @FetchSize(1_000)
  void rated(
      @Bind("all") boolean all,
      @Bind("accounts") UUID[] accounts,
      @Bind("from") Instant from,
      @Bind("until") Instant until,
      Consumer<RatedRow> each);

  /** A ledger row. */
  record EntryRow(
      UUID id,
      UUID account,
      Instant bucketStart,
      Instant bucketEnd,
      String entryType,
      long ratedBytes,
      BigDecimal amount,
      BigDecimal balanceAfter,
      String ruleVersion,
      @Nullable String node,
      @Nullable String line,
      @Nullable UUID corrects) {

    BucketKey bucket() {
      return new BucketKey(
          Minutes.floor(bucketStart), node == null ? "" : node, line == null ? "" : line, account);
    }
  }

  /** Traffic rows whose ids say that they belong to buckets of a stretch of time. */
  @SqlQuery(
      """
      SELECT id, account_uuid, (date_part('epoch', bucket_start) * 1000000)::bigint,
             (date_part('epoch', bucket_end) * 1000000)::bigint, entry_type, rated_bytes,
             amount_delta, balance_after, pricing_rule_version, node_id, line_code, corrects
        FROM public.billing_ledger
       WHERE id >= :first AND id < :end AND node_id IS NOT NULL
         AND (:all OR account_uuid = ANY(:accounts))
      """)
  @RegisterRowMapper(EntryMapper.class)
  @FetchSize(1_000)
  void entries(
      @Bind("all") boolean all,
      @Bind("accounts") UUID[] accounts,
      @Bind("first") UUID first,
      @Bind("end") UUID end,
      Consumer<EntryRow> each);

  /** Rows by their ids: those that corrections name. */
  @SqlQuery(
      """
      SELECT id, account_uuid, (date_part('epoch', bucket_start) * 1000000)::bigint,
             (date_part('epoch', bucket_end) * 1000000)::bigint, entry_type, rated_bytes,
             amount_delta, balance_after, pricing_rule_version, node_id, line_code, corrects
        FROM public.billing_ledger
       WHERE id = ANY(:ids)
      """)
  @RegisterRowMapper(EntryMapper.class)
  List<EntryRow> entriesById(@Bind("ids") UUID[] ids);

  /**
   * A ledger row in its account's history.
   *
   * @param isOfOperation whether an operation posted it under the account's lock
   * @param waits whether nobody took it into the balance yet
   * @param bookedBalance the balance after it, of one that was taken in; null where that was not
   *     kept
   */
  record HistoryRow(
      EntryRow entry, boolean isOfOperation, boolean waits, @Nullable BigDecimal bookedBalance) {}

  @SqlQuery(
      """
      SELECT l.id, l.account_uuid, (date_part('epoch', l.bucket_start) * 1000000)::bigint,
             (date_part('epoch', l.bucket_end) * 1000000)::bigint, l.entry_type, l.rated_bytes,
             l.amount_delta, l.balance_after, l.pricing_rule_version, l.node_id, l.line_code,
             l.corrects, l.operation_id IS NOT NULL AND l.appended IS NULL,
             EXISTS (SELECT 1 FROM billing.foreign_entries f
                      WHERE f.account_uuid = l.account_uuid AND f.ledger_id = l.id),
             b.balance_after
        FROM public.billing_ledger l
        LEFT JOIN billing.bookings b ON b.account_id = l.account_uuid AND b.ledger_id = l.id
       WHERE l.account_uuid = ANY(:accounts) AND l.sub_account IS NULL
       ORDER BY l.account_uuid, l.created_at DESC, l.id DESC
      """)
  @RegisterRowMapper(HistoryMapper.class)
  @FetchSize(1_000)
  void entriesOf(@Bind("accounts") UUID[] accounts, Consumer<HistoryRow> each);

  /**
   * An account that is kept.
   *
   * @param pending sum of what was posted without the account's lock and nobody took in yet
   * @param pendingShown of that, what the shown balance holds already
   */
  record AccountRow(
      UUID account,
      BigDecimal shownBalance,
      BigDecimal exactBalance,
      long remaining,
      long shownRemaining,
      @Nullable Instant shownPeriod,
      @Nullable Instant writtenPeriod,
      @Nullable Instant ratedAt,
      @Nullable Instant newestRated,
      BigDecimal pending,
      BigDecimal pendingShown) {}

  @SqlQuery(
      """
      SELECT q.account_uuid AS account, q.current_balance AS shown_balance,
             coalesce(q.exact_balance, 0) AS exact_balance,
             q.remaining_included_quota AS remaining,
             coalesce(q.shown_remaining, -1) AS shown_remaining,
             q.shown_period, q.period_start AS written_period, q.rated_at,
             (SELECT max(b.bucket_start)
                FROM public.traffic_minute_buckets b
               WHERE b.account_uuid = q.account_uuid AND b.revision > 0
                 AND b.bucket_start > q.rated_at) AS newest_rated,
             (SELECT coalesce(sum(f.amount_delta), 0)
                FROM billing.foreign_entries f
               WHERE f.account_uuid = q.account_uuid) AS pending,
             (SELECT coalesce(sum(f.amount_delta), 0)
                FROM billing.foreign_entries f
               WHERE f.account_uuid = q.account_uuid AND f.shown) AS pending_shown
        FROM public.account_quota_states q
       WHERE q.opened_at IS NOT NULL AND q.account_uuid > :after
         AND (:all OR q.account_uuid = ANY(:accounts))
       ORDER BY q.account_uuid
       LIMIT :most
      """)
  @RegisterRowMapper(AccountMapper.class)
  List<AccountRow> accounts(
      @Bind("all") boolean all,
      @Bind("accounts") UUID[] accounts,
      @Bind("after") UUID after,
      @Bind("most") int most);

  /** A quota period, with what was granted in it in all. */
  record PeriodRow(
      UUID account,
      Instant start,
      Instant end,
      long granted,
      long used,
      long charged,
      @Nullable Instant lastIncludedAt,
      Instant lastGrantedAt) {}

  @SqlQuery(
      """
      SELECT account_uuid AS account, period_start AS start, period_end AS "end", granted, used,
             charged, last_included_at, last_granted_at
        FROM billing.quotas
       WHERE account_uuid = ANY(:accounts) AND meter = 'traffic'
       ORDER BY account_uuid, period_start
      """)
  @RegisterConstructorMapper(PeriodRow.class)
  List<PeriodRow> periods(@Bind("accounts") UUID[] accounts);

  /** A grant. */
  record GrantRow(UUID account, Instant periodStart, Instant effectiveAt, long amount) {}

  @SqlQuery(
      """
      SELECT account_uuid AS account, period_start, effective_at, amount
        FROM billing.quota_grants
       WHERE account_uuid = ANY(:accounts) AND meter = 'traffic'
       ORDER BY account_uuid, period_start, effective_at
      """)
  @RegisterConstructorMapper(GrantRow.class)
  List<GrantRow> grants(@Bind("accounts") UUID[] accounts);

  /** What the period of an account that an instant falls under is written to next. */
  record WrittenPeriod(
      UUID account, @Nullable Instant shownPeriod, @Nullable Instant writtenPeriod) {}

  @SqlQuery(
      """
      SELECT account_uuid AS account, shown_period, period_start AS written_period
        FROM public.account_quota_states
       WHERE account_uuid = ANY(:accounts)
      """)
  @RegisterConstructorMapper(WrittenPeriod.class)
  List<WrittenPeriod> writtenPeriods(@Bind("accounts") UUID[] accounts);

  /** Free and charged bytes of an account's buckets. */
  record SumRow(
      UUID account, Instant start, long included, long charged, @Nullable Instant lastIncluded) {}

  /** What buckets of stretches of time hold; the arrays run in parallel. */
  @SqlQuery(
      """
      SELECT p.account, p.start, coalesce(sum(b.included_bytes), 0)::bigint AS included,
             coalesce(sum(b.charged_bytes), 0)::bigint AS charged,
             max(b.bucket_start) FILTER (WHERE b.included_bytes > 0) AS last_included
        FROM unnest(:accounts, :starts, :ends) AS p (account, start, until)
        LEFT JOIN public.traffic_minute_buckets b
          ON b.account_uuid = p.account AND b.bucket_start >= p.start
         AND b.bucket_start < p.until AND b.revision > 0
       GROUP BY p.account, p.start
       ORDER BY p.account, p.start
      """)
  @RegisterConstructorMapper(SumRow.class)
  List<SumRow> sums(
      @Bind("accounts") UUID[] accounts,
      @Bind("starts") Instant[] starts,
      @Bind("ends") Instant[] ends);

  /** What is noted of another service's row, and that row's amount. */
  record ForeignRow(UUID account, UUID entry, BigDecimal noted, @Nullable BigDecimal posted) {}

  @SqlQuery(
      """
      SELECT f.account_uuid AS account, f.ledger_id AS entry, f.amount_delta AS noted,
             l.amount_delta AS posted
        FROM billing.foreign_entries f
        LEFT JOIN public.billing_ledger l
          ON l.id = f.ledger_id AND l.account_uuid = f.account_uuid
       WHERE (:all OR f.account_uuid = ANY(:accounts))
         AND l.amount_delta IS DISTINCT FROM f.amount_delta
       ORDER BY f.account_uuid, f.ledger_id
      """)
  @RegisterConstructorMapper(ForeignRow.class)
  List<ForeignRow> brokenForeign(@Bind("all") boolean all, @Bind("accounts") UUID[] accounts);

  /** A trigger: {@code enabled} as the catalogue has it. */
  record TriggerRow(String name, String enabled, String source) {}

  @SqlQuery(
      """
      SELECT t.tgname AS name, t.tgenabled::text AS enabled, p.prosrc AS source
        FROM pg_trigger t
        JOIN pg_proc p ON p.oid = t.tgfoid
       WHERE t.tgrelid IN ('public.billing_ledger'::regclass, 'billing.requests'::regclass,
                           'billing.operations'::regclass, 'billing.refusals'::regclass,
                           'billing.service_prices'::regclass,
                           'billing.recharge_events'::regclass)
         AND NOT t.tgisinternal
       ORDER BY t.tgname
      """)
  @RegisterConstructorMapper(TriggerRow.class)
  List<TriggerRow> triggers();

  /** Maps a price version. */
  final class PriceMapper implements RowMapper<PriceRow> {
    @Override
    public PriceRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new PriceRow(
          rs.getObject(1, UUID.class),
          new PriceTerms(
              rs.getObject(2, OffsetDateTime.class).toInstant(),
              rs.getBigDecimal(3),
              rs.getBigDecimal(4),
              rs.getBigDecimal(5),
              rs.getBigDecimal(6),
              rs.getBigDecimal(7),
              rs.getLong(8),
              rs.getBoolean(9),
              rs.getString(10)));
    }
  }

  /** Maps a rated bucket. */
  final class RatedMapper implements RowMapper<RatedRow> {
    @Override
    public RatedRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new RatedRow(
          new BucketKey(
              rs.getLong(1), rs.getString(2), rs.getString(3), rs.getObject(4, UUID.class)),
          rs.getString(5),
          rs.getLong(6),
          rs.getLong(7),
          rs.getLong(8),
          rs.getBigDecimal(9),
          rs.getBigDecimal(10),
          rs.getInt(11));
    }
  }

  /** Maps a ledger row. */
  final class EntryMapper implements RowMapper<EntryRow> {
    @Override
    public EntryRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new EntryRow(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          Micros.toInstant(rs.getLong(3)),
          Micros.toInstant(rs.getLong(4)),
          rs.getString(5),
          rs.getLong(6),
          rs.getBigDecimal(7),
          rs.getBigDecimal(8),
          rs.getString(9),
          rs.getString(10),
          rs.getString(11),
          rs.getObject(12, UUID.class));
    }
  }

  /** Maps a ledger row in its account's history. */
  final class HistoryMapper implements RowMapper<HistoryRow> {
    private final EntryMapper entries = new EntryMapper();

    @Override
    public HistoryRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new HistoryRow(
          entries.map(rs, ctx), rs.getBoolean(13), rs.getBoolean(14), rs.getBigDecimal(15));
    }
  }

  /** Maps an account. */
  final class AccountMapper implements RowMapper<AccountRow> {
    @Override
    public AccountRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new AccountRow(
          rs.getObject(1, UUID.class),
          rs.getBigDecimal(2),
          rs.getBigDecimal(3),
          rs.getLong(4),
          rs.getLong(5),
          nullable(rs, 6),
          nullable(rs, 7),
          nullable(rs, 8),
          nullable(rs, 9),
          rs.getBigDecimal(10),
          rs.getBigDecimal(11));
    }
  }

  private static @Nullable Instant nullable(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
