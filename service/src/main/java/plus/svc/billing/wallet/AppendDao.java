package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import plus.svc.billing.platform.RoundTrip;

/** Statements on accounts that nobody locks, and on what waits for who locks them. */
interface AppendDao {

  /**
   * Where an account is kept.
   *
   * @param balance as it was taken in last
   */
  record Place(UUID id, UUID owner, String unit, BigDecimal balance) {}

  /** Places of accounts, read without a lock. */
  static void places(RoundTrip trip, UUID[] accounts, String unit, Consumer<Place> each) {
    trip.query(
        "AppendDao",
        "places",
        150,
        """
        SELECT i.account_uuid, i.account_uuid, ?::text, coalesce(q.exact_balance, 0)
          FROM billing.identities i
          LEFT JOIN public.account_quota_states q ON q.account_uuid = i.account_uuid
         WHERE i.account_uuid = ANY(?)
         UNION ALL
        SELECT a.account_id, a.owner_uuid, a.unit, a.balance
          FROM billing.accounts a
         WHERE a.account_id = ANY(?) AND a.account_id <> a.owner_uuid
        """,
        row ->
            new Place(
                RoundTrip.uuid(row, 1),
                RoundTrip.uuid(row, 2),
                row.getString(3),
                row.getBigDecimal(4)),
        each,
        unit,
        accounts,
        accounts);
  }

  /** Notes entries that whoever locks their accounts next is to take in. */
  static void await(RoundTrip trip, UUID[] accounts, UUID[] entries, BigDecimal[] amounts) {
    trip.update(
        "AppendDao",
        "await",
        """
        INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta, shown)
        SELECT *, false FROM unnest(?, ?, ?)
        """,
        accounts,
        entries,
        amounts);
  }

  /** Accounts with entries that wait to be taken in. */
  @SqlQuery("SELECT DISTINCT account_uuid FROM billing.foreign_entries LIMIT :most")
  List<UUID> awaiting(@Bind("most") int most);

  /** Accounts with holds whose time is over. */
  @SqlQuery(
      """
      SELECT DISTINCT account_id
        FROM (SELECT account_id FROM billing.holds
               WHERE state = 'active' AND expires_at <= :now
               ORDER BY expires_at LIMIT :most) AS over
      """)
  List<UUID> withExpiredHolds(@Bind("now") Instant now, @Bind("most") int most);
}
