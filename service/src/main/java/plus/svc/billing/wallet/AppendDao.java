package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.RegisterRowMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on accounts that nobody locks. */
interface AppendDao {

  /**
   * Where an account is kept.
   *
   * @param balance as it was taken in last
   */
  record Place(UUID id, UUID owner, String unit, BigDecimal balance) {}

  @SqlQuery(
      """
      SELECT i.account_uuid, i.account_uuid, :unit, coalesce(q.exact_balance, 0)
        FROM billing.identities i
        LEFT JOIN public.account_quota_states q ON q.account_uuid = i.account_uuid
       WHERE i.account_uuid = ANY(:accounts)
       UNION ALL
      SELECT a.account_id, a.owner_uuid, a.unit, a.balance
        FROM billing.accounts a
       WHERE a.account_id = ANY(:accounts) AND a.account_id <> a.owner_uuid
      """)
  @RegisterRowMapper(PlaceMapper.class)
  List<Place> places(@Bind("accounts") UUID[] accounts, @Bind("unit") String unit);

  /** Notes entries that whoever locks their accounts next is to take in. */
  @SqlUpdate(
      """
      INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta, shown)
      SELECT account_uuid, ledger_id, amount, false
        FROM unnest(:accounts, :entries, :amounts) AS e (account_uuid, ledger_id, amount)
      """)
  void await(
      @Bind("accounts") UUID[] accounts,
      @Bind("entries") UUID[] entries,
      @Bind("amounts") BigDecimal[] amounts);

  /** Accounts with entries that wait to be taken in. */
  @SqlQuery("SELECT DISTINCT account_uuid FROM billing.foreign_entries LIMIT :most")
  List<UUID> awaiting(@Bind("most") int most);

  /** Maps a place. */
  final class PlaceMapper implements RowMapper<Place> {
    @Override
    public Place map(ResultSet rs, StatementContext ctx) throws SQLException {
      return new Place(
          rs.getObject(1, UUID.class),
          rs.getObject(2, UUID.class),
          rs.getString(3),
          rs.getBigDecimal(4));
    }
  }
}
