package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on accounts, quotas and holds, each for a whole batch. */
interface WalletDao {

  // Accounts ----------------------------------------------------------------------------------

  /** What an account was set up with. */
  record AccountRow(
      UUID id,
      UUID owner,
      String unit,
      String name,
      String metadata,
      UUID request,
      BigDecimal overdraft,
      @Nullable BigDecimal lowBalance) {

    /** In what another wish differs from what is there. */
    Optional<String> difference(AccountRow wanted) {
      if (!owner.equals(wanted.owner)) {
        return Optional.of("account " + id + " has another owner");
      }
      if (!unit.equals(wanted.unit)) {
        return Optional.of("account " + id + " is kept in " + unit);
      }
      boolean same =
          name.equals(wanted.name)
              && metadata.equals(wanted.metadata)
              && overdraft.compareTo(wanted.overdraft) == 0
              && same(lowBalance, wanted.lowBalance);
      return same
          ? Optional.empty()
          : Optional.of("account " + id + " has another name, metadata, overdraft or threshold");
    }

    private static boolean same(@Nullable BigDecimal one, @Nullable BigDecimal other) {
      if (one == null || other == null) {
        return one == null && other == null;
      }
      return one.compareTo(other) == 0;
    }

    /** A further account as it begins. */
    Book.Row fresh() {
      return new Book.Row(
          id,
          owner,
          unit,
          BigDecimal.ZERO,
          overdraft,
          lowBalance,
          BigDecimal.ZERO,
          0,
          null,
          false,
          "",
          false);
    }
  }

  /** A user's main account. */
  record MainRow(
      UUID id,
      boolean isOpen,
      @Nullable BigDecimal balance,
      BigDecimal held,
      int openHolds,
      @Nullable Instant lastEntryAt,
      boolean arrears,
      String arrearsReason,
      boolean throttled) {

    Book.Row book(String unit, @Nullable AccountRow setUp) {
      return new Book.Row(
          id,
          id,
          unit,
          balance == null ? BigDecimal.ZERO : balance,
          setUp == null ? BigDecimal.ZERO : setUp.overdraft(),
          setUp == null ? null : setUp.lowBalance(),
          held,
          openHolds,
          lastEntryAt,
          arrears,
          arrearsReason,
          throttled);
    }
  }

  @SqlQuery(
      """
      SELECT account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance
        FROM billing.accounts
       WHERE account_id = ANY(:accounts)
      """)
  @RegisterRowMapper(AccountMapper.class)
  List<AccountRow> accounts(@Bind("accounts") UUID[] accounts);

  @SqlQuery(
      """
      SELECT account_uuid, opened_at IS NOT NULL, exact_balance, held, open_holds, last_entry_at,
             arrears, arrears_reason, throttle_state = 'throttled'
        FROM public.account_quota_states
       WHERE account_uuid = ANY(:accounts)
       ORDER BY account_uuid
         FOR UPDATE
      """)
  @RegisterRowMapper(MainMapper.class)
  List<MainRow> lockMain(@Bind("accounts") UUID[] accounts);

  @SqlQuery(
      """
      SELECT account_id, owner_uuid, unit, balance, overdraft, low_balance, held, open_holds,
             last_entry_at
        FROM billing.accounts
       WHERE account_id = ANY(:accounts)
       ORDER BY account_id
         FOR UPDATE
      """)
  @RegisterRowMapper(FurtherMapper.class)
  List<Book.Row> lockFurther(@Bind("accounts") UUID[] accounts);

  @SqlQuery("SELECT account_uuid FROM billing.identities WHERE account_uuid = ANY(:accounts)")
  List<UUID> users(@Bind("accounts") UUID[] accounts);

  /** Makes accounts that were set up. */
  default void make(List<AccountRow> rows, Instant now) {
    if (!rows.isEmpty()) {
      insertAccounts(
          rows.stream().map(AccountRow::id).toArray(UUID[]::new),
          rows.stream().map(AccountRow::owner).toArray(UUID[]::new),
          rows.stream().map(AccountRow::unit).toArray(String[]::new),
          rows.stream().map(AccountRow::name).toArray(String[]::new),
          rows.stream().map(AccountRow::metadata).toArray(String[]::new),
          rows.stream().map(AccountRow::request).toArray(UUID[]::new),
          rows.stream().map(AccountRow::overdraft).toArray(BigDecimal[]::new),
          rows.stream().map(AccountRow::lowBalance).toArray(BigDecimal[]::new),
          now);
    }
  }

  @SqlUpdate(
      """
      INSERT INTO billing.accounts
             (account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance,
              created_at)
      SELECT account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance, :now
        FROM unnest(:accounts, :owners, :units, :names, :metadata, :requests, :overdrafts, :lows)
          AS a (account_id, owner_uuid, unit, name, metadata, request_id, overdraft, low_balance)
      """)
  @SuppressWarnings("TooManyParameters")
  void insertAccounts(
      @Bind("accounts") UUID[] accounts,
      @Bind("owners") UUID[] owners,
      @Bind("units") String[] units,
      @Bind("names") String[] names,
      @Bind("metadata") String[] metadata,
      @Bind("requests") UUID[] requests,
      @Bind("overdrafts") BigDecimal[] overdrafts,
      @Bind("lows") @Nullable BigDecimal[] lows,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      UPDATE public.account_quota_states q
         SET current_balance = q.current_balance + c.shown,
             exact_balance = q.exact_balance + c.exact,
             held = q.held + c.held,
             open_holds = q.open_holds + c.holds,
             last_entry_at = c.place,
             updated_at = :now
        FROM unnest(:accounts, :shown, :exact, :held, :holds, :places)
          AS c (account_uuid, shown, exact, held, holds, place)
       WHERE q.account_uuid = c.account_uuid
      """)
  @SuppressWarnings("TooManyParameters")
  int updateMain(
      @Bind("accounts") UUID[] accounts,
      @Bind("shown") BigDecimal[] shown,
      @Bind("exact") BigDecimal[] exact,
      @Bind("held") BigDecimal[] held,
      @Bind("holds") Integer[] holds,
      @Bind("places") @Nullable Instant[] places,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      UPDATE billing.accounts a
         SET balance = a.balance + c.exact,
             held = a.held + c.held,
             open_holds = a.open_holds + c.holds,
             last_entry_at = c.place
        FROM unnest(:accounts, :exact, :held, :holds, :places)
          AS c (account_id, exact, held, holds, place)
       WHERE a.account_id = c.account_id
      """)
  int updateFurther(
      @Bind("accounts") UUID[] accounts,
      @Bind("exact") BigDecimal[] exact,
      @Bind("held") BigDecimal[] held,
      @Bind("holds") Integer[] holds,
      @Bind("places") @Nullable Instant[] places);

  // Quotas ------------------------------------------------------------------------------------

  /** A quota. */
  record QuotaRow(ServiceQuota quota) {}

  @SqlQuery(
      """
      SELECT q.account_uuid, q.meter, q.period_start, q.period_end, q.granted, q.used, q.charged,
             q.held
        FROM unnest(:accounts, :services, :starts) AS w (account_uuid, meter, period_start)
        JOIN billing.past_quotas q USING (account_uuid, meter, period_start)
      """)
  @RegisterRowMapper(QuotaMapper.class)
  List<QuotaRow> quotas(
      @Bind("accounts") UUID[] accounts,
      @Bind("services") String[] services,
      @Bind("starts") Instant[] starts);

  @SqlUpdate(
      """
      INSERT INTO billing.past_quotas
             (account_uuid, meter, period_start, period_end, granted, used, charged, held,
              last_granted_at)
      SELECT account_uuid, meter, period_start, period_end, granted, used, charged, held, :now
        FROM unnest(:accounts, :services, :starts, :ends, :granted, :used, :charged, :held)
          AS c (account_uuid, meter, period_start, period_end, granted, used, charged, held)
          ON CONFLICT (account_uuid, meter, period_start) DO UPDATE
         SET granted = excluded.granted,
             used = excluded.used,
             charged = excluded.charged,
             held = excluded.held
      """)
  @SuppressWarnings("TooManyParameters")
  void writeQuotas(
      @Bind("accounts") UUID[] accounts,
      @Bind("services") String[] services,
      @Bind("starts") Instant[] starts,
      @Bind("ends") Instant[] ends,
      @Bind("granted") Long[] granted,
      @Bind("used") Long[] used,
      @Bind("charged") Long[] charged,
      @Bind("held") Long[] held,
      @Bind("now") Instant now);

  // Holds -------------------------------------------------------------------------------------

  @SqlQuery(
      """
      SELECT hold_id, account_id, meter, period_start, unit_price, free_units, paid_units, amount,
             state, created_at, expires_at, ended_at, ended_by
        FROM billing.holds
       WHERE hold_id = ANY(:holds)
      """)
  @RegisterRowMapper(HoldMapper.class)
  List<Hold> holds(@Bind("holds") UUID[] holds);

  @SqlQuery(
      """
      SELECT hold_id, account_id, meter, period_start, unit_price, free_units, paid_units, amount,
             state, created_at, expires_at, ended_at, ended_by
        FROM billing.holds
       WHERE account_id = ANY(:accounts) AND state = 'active' AND expires_at <= :now
      """)
  @RegisterRowMapper(HoldMapper.class)
  List<Hold> expired(@Bind("accounts") UUID[] accounts, @Bind("now") Instant now);

  @SqlQuery(
      """
      SELECT DISTINCT account_id
        FROM (SELECT account_id FROM billing.holds
               WHERE state = 'active' AND expires_at <= :now
               ORDER BY expires_at LIMIT :most) AS over
      """)
  List<UUID> withExpiredHolds(@Bind("now") Instant now, @Bind("most") int most);

  @SqlUpdate(
      """
      INSERT INTO billing.holds AS h
             (hold_id, account_id, meter, period_start, unit_price, free_units, paid_units, amount,
              state, created_at, expires_at, ended_at, ended_by)
      SELECT * FROM unnest(:ids, :accounts, :services, :starts, :prices, :free, :paid, :amounts,
                           :states, :created, :expires, :ended, :endedBy)
          ON CONFLICT (hold_id) DO UPDATE
         SET state = excluded.state, ended_at = excluded.ended_at, ended_by = excluded.ended_by
      """)
  @SuppressWarnings("TooManyParameters")
  void writeHolds(
      @Bind("ids") UUID[] ids,
      @Bind("accounts") UUID[] accounts,
      @Bind("services") @Nullable String[] services,
      @Bind("starts") @Nullable Instant[] starts,
      @Bind("prices") @Nullable BigDecimal[] prices,
      @Bind("free") Long[] free,
      @Bind("paid") Long[] paid,
      @Bind("amounts") BigDecimal[] amounts,
      @Bind("states") String[] states,
      @Bind("created") Instant[] created,
      @Bind("expires") Instant[] expires,
      @Bind("ended") @Nullable Instant[] ended,
      @Bind("endedBy") @Nullable UUID[] endedBy);

  // Reversals ---------------------------------------------------------------------------------

  @SqlQuery(
      """
      SELECT l.operation_id, l.id, coalesce(l.sub_account, l.account_uuid), l.entry_type,
             l.amount_delta, coalesce(l.meter, ''), coalesce(l.units, 0), l.bucket_start,
             EXISTS (SELECT 1 FROM billing.operations o WHERE o.reverses = l.operation_id)
        FROM public.billing_ledger l
       WHERE l.operation_id = ANY(:operations) AND l.corrects IS NULL
       ORDER BY l.operation_id, l.created_at, l.id
      """)
  @RegisterRowMapper(PostedMapper.class)
  List<WalletTurn.PostedEntry> posted(@Bind("operations") UUID[] operations);

  // Mappers -----------------------------------------------------------------------------------

  private static @Nullable Instant instant(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static Instant definite(ResultSet rs, int column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** Maps what an account was set up with. */
  final class AccountMapper implements RowMapper<AccountRow> {
    @Override
    public AccountRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new AccountRow(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getString(3),
          rs.getString(4),
          rs.getString(5),
          rs.getObject(6, UUID.class),
          rs.getBigDecimal(7),
          rs.getBigDecimal(8));
    }
  }

  /** Maps a main account. */
  final class MainMapper implements RowMapper<MainRow> {
    @Override
    public MainRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new MainRow(
          rs.getObject(1, UUID.class),
          rs.getBoolean(2),
          rs.getBigDecimal(3),
          rs.getBigDecimal(4),
          rs.getInt(5),
          instant(rs, 6),
          rs.getBoolean(7),
          rs.getString(8),
          rs.getBoolean(9));
    }
  }

  /** Maps a further account. */
  final class FurtherMapper implements RowMapper<Book.Row> {
    @Override
    public Book.Row map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Book.Row(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getString(3),
          rs.getBigDecimal(4),
          rs.getBigDecimal(5),
          rs.getBigDecimal(6),
          rs.getBigDecimal(7),
          rs.getInt(8),
          instant(rs, 9),
          false,
          "",
          false);
    }
  }

  /** Maps a quota. */
  final class QuotaMapper implements RowMapper<QuotaRow> {
    @Override
    public QuotaRow map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new QuotaRow(
          new ServiceQuota(
              new ServiceQuota.Key(rs.getObject(1, UUID.class), rs.getString(2), definite(rs, 3)),
              definite(rs, 4),
              rs.getLong(5),
              rs.getLong(6),
              rs.getLong(7),
              rs.getLong(8)));
    }
  }

  /** Maps a hold. */
  final class HoldMapper implements RowMapper<Hold> {
    @Override
    public Hold map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Hold(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getString(3),
          instant(rs, 4),
          rs.getBigDecimal(5),
          rs.getLong(6),
          rs.getLong(7),
          rs.getBigDecimal(8),
          rs.getString(9),
          definite(rs, 10),
          definite(rs, 11),
          instant(rs, 12),
          rs.getObject(13, UUID.class));
    }
  }

  /** Maps an entry of an operation. */
  final class PostedMapper implements RowMapper<WalletTurn.PostedEntry> {
    @Override
    public WalletTurn.PostedEntry map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new WalletTurn.PostedEntry(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getObject(3, UUID.class),
          rs.getString(4),
          rs.getBigDecimal(5),
          rs.getString(6),
          rs.getLong(7),
          definite(rs, 8),
          rs.getBoolean(9));
    }
  }
}
