package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatingPolicy;

/** Statements on accounts, each for a whole batch of them. */
interface AccountDao {

  /** The meter whose unit is bytes of traffic. */
  String TRAFFIC = "traffic";

  @SqlQuery(
      """
      SELECT account_uuid, opened_at IS NOT NULL, exact_balance, shown_remaining, shown_period,
             rated_at, arrears_reason, suspend_reason,
             remaining_included_quota, current_balance, arrears, throttle_state = 'throttled',
             effective_at, period_start, period_end,
             quota_start, quota_end, quota_granted, quota_used, quota_charged, quota_included_at,
             quota_granted_at, price_changes, last_entry_at
        FROM public.account_quota_states
       WHERE account_uuid = ANY(:accounts)
       ORDER BY account_uuid
         FOR UPDATE
      """)
  @RegisterRowMapper(RowOfAccountMapper.class)
  List<RowOfAccount> lock(@Bind("accounts") UUID[] accounts);

  /**
   * Waits until nobody else is writing a ledger row of accounts that have no row of their own yet,
   * and lets nobody begin before the transaction is over; see the trigger {@code
   * billing_ledger_note_foreign}.
   */
  @SqlQuery(
      """
      SELECT count(pg_advisory_xact_lock(1651076204, bucket))
        FROM (SELECT DISTINCT hashtext(account::text) & 255 AS bucket
                FROM unnest(:accounts) AS a (account)
               ORDER BY bucket) AS ordered
      """)
  long keepOthersWaiting(@Bind("accounts") UUID[] accounts);

  @SqlQuery(
      """
      INSERT INTO public.account_quota_states
             (account_uuid, remaining_included_quota, current_balance, effective_at, updated_at)
      SELECT account_uuid, remaining, balance, :now, :now
        FROM unnest(:accounts, :remaining, :balances) AS a (account_uuid, remaining, balance)
       ORDER BY account_uuid
          ON CONFLICT (account_uuid) DO NOTHING
      RETURNING account_uuid
      """)
  List<UUID> insert(
      @Bind("accounts") UUID[] accounts,
      @Bind("remaining") Long[] remaining,
      @Bind("balances") BigDecimal[] balances,
      @Bind("now") Instant now);

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

  /** Profiles, the binary fractions in them as the shortest decimals that mean them. */
  default List<ProfileRow> profiles(UUID[] accounts) {
    showDoublesExactly();
    return profilesAsShown(accounts);
  }

  /** For the rest of the transaction, whatever the role, the database or a pool set. */
  @SqlQuery("SELECT set_config('extra_float_digits', '1', true)")
  String showDoublesExactly();

  @SqlQuery(
      """
      SELECT a.account_uuid, coalesce(p.included_quota_bytes, 0),
             coalesce(p.base_price_per_byte::text, '0'), coalesce(p.region_multiplier::text, '1'),
             coalesce(p.line_multiplier::text, '1'), coalesce(p.peak_multiplier::text, '1'),
             coalesce(p.offpeak_multiplier::text, '1'), coalesce(p.pricing_rule_version, '')
        FROM unnest(:accounts) AS a (account_uuid)
        LEFT JOIN public.account_billing_profiles p ON p.account_uuid = a.account_uuid
      """)
  @RegisterRowMapper(ProfileMapper.class)
  List<ProfileRow> profilesAsShown(@Bind("accounts") UUID[] accounts);

  @SqlQuery(
      """
      SELECT account_uuid, period_start, period_end, granted, used, charged, last_included_at,
             last_granted_at
        FROM billing.past_quotas
       WHERE account_uuid = ANY(:accounts)
         AND meter = :meter
         AND period_end > :since
      """)
  @RegisterRowMapper(QuotaMapper.class)
  List<QuotaRow> pastQuotas(
      @Bind("accounts") UUID[] accounts, @Bind("meter") String meter, @Bind("since") Instant since);

  @SqlQuery(
      """
      SELECT account_uuid, period_start, effective_at, amount, origin
        FROM billing.quota_grants
       WHERE account_uuid = ANY(:accounts) AND meter = :meter
       ORDER BY account_uuid, period_start, effective_at
      """)
  @RegisterRowMapper(GrantMapper.class)
  List<GrantRow> grants(@Bind("accounts") UUID[] accounts, @Bind("meter") String meter);

  @SqlQuery(
      """
      SELECT account_uuid
        FROM billing.account_states
       WHERE account_uuid > :after
       ORDER BY account_uuid
       LIMIT :most
      """)
  List<UUID> page(@Bind("after") UUID after, @Bind("most") int most);

  /**
   * An account's row.
   *
   * @param kept our columns, null if the account was never opened
   * @param quota the newest period, null before the first
   * @param priceChanges how often its price versions changed
   * @param lastEntryAt place of its newest entry in its history, null before the first
   */
  record RowOfAccount(
      UUID account,
      AccountChange.@Nullable Kept kept,
      @Nullable Instant lastRatedAt,
      Account.Shared shared,
      @Nullable QuotaRow quota,
      int priceChanges,
      @Nullable Instant lastEntryAt) {}

  /** A price version of an account. */
  record PriceRow(UUID account, PriceTerms terms) {}

  /** A profile of an account, {@link RatingPolicy.Profile#NONE}'s values if it has none. */
  record ProfileRow(UUID account, RatingPolicy.Profile profile) {}

  /** A quota of an account, its grants still to be added where there are several. */
  record QuotaRow(UUID account, Quota quota, Instant lastGrantedAt) {

    AccountChange.Period asPeriod() {
      return new AccountChange.Period(
          quota.start(),
          quota.end(),
          quota.granted(),
          quota.used(),
          quota.charged(),
          quota.lastIncludedAt(),
          lastGrantedAt);
    }
  }

  /** A grant of an account. */
  record GrantRow(UUID account, Instant periodStart, Quota.Grant grant) {}

  private static @Nullable Instant instant(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static Instant definite(ResultSet rs, int column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** Maps an account's row. */
  final class RowOfAccountMapper implements RowMapper<RowOfAccount> {
    @Override
    public RowOfAccount map(ResultSet rs, StatementContext ctx) throws SQLException {
      UUID account = rs.getObject(1, UUID.class);
      @Nullable QuotaRow quota = rs.getObject(16) == null ? null : quotaRow(account, rs, 16);
      return new RowOfAccount(
          account,
          rs.getBoolean(2) ? kept(rs, quota) : null,
          instant(rs, 6),
          new Account.Shared(
              rs.getLong(9),
              rs.getBigDecimal(10),
              rs.getBoolean(11),
              rs.getBoolean(12),
              definite(rs, 13),
              instant(rs, 14),
              instant(rs, 15)),
          quota,
          rs.getInt(23),
          instant(rs, 24));
    }

    private static AccountChange.Kept kept(ResultSet rs, @Nullable QuotaRow quota)
        throws SQLException {
      return new AccountChange.Kept(
          rs.getBigDecimal(3),
          rs.getLong(4),
          instant(rs, 5),
          rs.getString(7),
          rs.getString(8),
          quota == null ? null : quota.asPeriod());
    }
  }

  /** Maps a price version. */
  final class PriceMapper implements RowMapper<PriceRow> {
    @Override
    public PriceRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new PriceRow(
          rs.getObject(1, UUID.class),
          new PriceTerms(
              definite(rs, 2),
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

  /** Maps a profile; binary fractions come as their shortest decimal. */
  final class ProfileMapper implements RowMapper<ProfileRow> {
    @Override
    public ProfileRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new ProfileRow(
          rs.getObject(1, UUID.class),
          new RatingPolicy.Profile(
              Math.max(0, rs.getLong(2)),
              decimal(rs.getString(3)),
              decimal(rs.getString(4)),
              decimal(rs.getString(5)),
              decimal(rs.getString(6)),
              decimal(rs.getString(7)),
              rs.getString(8)));
    }

    /** NaN and infinities, which a double column can hold, count as not set. */
    private static BigDecimal decimal(String text) {
      char last = text.charAt(text.length() - 1);
      return Character.isDigit(last) ? new BigDecimal(text) : BigDecimal.ZERO;
    }
  }

  /** Maps a quota. */
  final class QuotaMapper implements RowMapper<QuotaRow> {
    @Override
    public QuotaRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return quotaRow(rs.getObject(1, UUID.class), rs, 2);
    }
  }

  /** Reads the seven columns of a quota from one on. */
  private static QuotaRow quotaRow(UUID account, ResultSet rs, int from) throws SQLException {
    Instant start = definite(rs, from);
    long granted = rs.getLong(from + 2);
    @Nullable Instant lastIncluded = instant(rs, from + 5);
    return new QuotaRow(
        account,
        new Quota(
            start,
            definite(rs, from + 1),
            granted,
            rs.getLong(from + 3),
            rs.getLong(from + 4),
            lastIncluded == null ? Long.MIN_VALUE : lastIncluded.getEpochSecond() / 60,
            List.of(new Quota.Grant(start, granted, ""))),
        definite(rs, from + 6));
  }

  /** Maps a grant. */
  final class GrantMapper implements RowMapper<GrantRow> {
    @Override
    public GrantRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new GrantRow(
          rs.getObject(1, UUID.class),
          definite(rs, 2),
          new Quota.Grant(definite(rs, 3), rs.getLong(4), rs.getString(5)));
    }
  }
}
