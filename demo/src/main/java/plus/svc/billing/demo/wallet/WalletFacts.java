package plus.svc.billing.demo.wallet;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What the database says of the wallet, by plain SQL that shares nothing with the service. */
final class WalletFacts {

  private final Jdbi jdbi;
  private final UUID[] visitors;

  /**
   * @param visitors whose accounts are left out, since anybody may use them
   */
  WalletFacts(Jdbi jdbi, List<UUID> visitors) {
    this.jdbi = jdbi;
    this.visitors = visitors.toArray(UUID[]::new);
  }

  /** Operations of a caller that came to a state, {@code applied} or {@code rejected}. */
  long operations(String caller, String status) {
    return number(
        """
        SELECT count(*) FROM billing.requests r JOIN billing.operations o USING (request_id)
         WHERE r.caller = ? AND o.status = ?
        """,
        caller,
        status);
  }

  /** What the ledger rows of a caller's operations moved, by account. */
  Map<UUID, BigDecimal> movedBy(String caller) {
    return amounts(
        """
        SELECT l.account_uuid, sum(l.amount_delta)
          FROM public.billing_ledger l JOIN billing.requests r ON r.request_id = l.operation_id
         WHERE r.caller = ?
         GROUP BY l.account_uuid
        """,
        caller);
  }

  /** What paid orders brought, less what went back, by account. */
  Map<UUID, BigDecimal> recharged() {
    return amounts(
        """
        SELECT account_uuid, sum(amount_delta) FROM public.billing_ledger
         WHERE entry_type IN ('recharge', 'recharge_refund') AND account_uuid <> ALL (?)
         GROUP BY account_uuid HAVING sum(amount_delta) <> 0
        """,
        (Object) visitors);
  }

  /**
   * The sums by quarter of an hour, all together, by main account; without what accounts posted.
   */
  Map<UUID, BigDecimal> turnover() {
    return amounts(
        """
        SELECT account_id, sum(credit - debit) FROM billing.turnover
         WHERE account_id <> ALL (?) AND kind <> 'topup' AND account_id IN (SELECT uuid FROM public.users)
         GROUP BY account_id
        """,
        (Object) visitors);
  }

  /** Balances as other services read them. */
  Map<UUID, BigDecimal> balances() {
    return amounts(
        """
        SELECT account_uuid, current_balance FROM public.account_quota_states
         WHERE account_uuid <> ALL (?)
        """,
        (Object) visitors);
  }

  /** What traffic cost, below zero. */
  Map<UUID, BigDecimal> traffic() {
    return amounts(
        """
        SELECT account_uuid, sum(amount) FROM public.traffic_minute_buckets
         WHERE amount IS NOT NULL GROUP BY account_uuid
        """);
  }

  /** Free calls that were used, in all months. */
  Map<Effect.Use, Long> freeUsed() {
    return jdbi.withHandle(
        handle -> {
          Map<Effect.Use, Long> used = new HashMap<>();
          handle
              .select(
                  """
                  SELECT account_uuid, meter, sum(used)::bigint FROM billing.past_quotas
                   WHERE meter <> 'traffic' AND account_uuid <> ALL (?)
                   GROUP BY account_uuid, meter HAVING sum(used) <> 0
                  """,
                  (Object) visitors)
              .map(
                  (rs, ctx) ->
                      used.put(
                          new Effect.Use(rs.getObject(1, UUID.class), rs.getString(2)),
                          rs.getLong(3)))
              .list();
          return used;
        });
  }

  /** Free calls beyond those that were granted, or kept by a hold that is over. */
  long quotasThatAreWrong() {
    return number(
        """
        SELECT count(*) FROM billing.past_quotas
         WHERE meter <> 'traffic' AND account_uuid <> ALL (?) AND (used > granted OR held <> 0)
        """,
        (Object) visitors);
  }

  /** Entries that stand in the ledger and not yet in a balance, and holds that still last. */
  long underWay() {
    return number(
        """
        SELECT (SELECT count(*) FROM billing.foreign_entries)
             + (SELECT count(*) FROM billing.holds
                 WHERE state = 'active' AND account_id <> ALL (?))
        """,
        (Object) visitors);
  }

  /** The state of each order. */
  Map<String, String> orders() {
    return jdbi.withHandle(
        handle -> {
          Map<String, String> states = new HashMap<>();
          handle
              .select("SELECT order_id::text, state FROM billing.recharge_orders")
              .map((rs, ctx) -> states.put(rs.getString(1), rs.getString(2)))
              .list();
          return states;
        });
  }

  Set<String> visitorsOrders() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT order_id::text FROM billing.recharge_orders WHERE account_id = ANY (?)",
                    (Object) visitors)
                .mapTo(String.class)
                .set());
  }

  private long number(String sql, Object... arguments) {
    return jdbi.withHandle(handle -> handle.select(sql, arguments).mapTo(Long.class).one());
  }

  private Map<UUID, BigDecimal> amounts(String sql, Object... arguments) {
    return jdbi.withHandle(
        handle -> {
          Map<UUID, BigDecimal> amounts = new HashMap<>();
          handle
              .select(sql, arguments)
              .map((rs, ctx) -> amounts.put(rs.getObject(1, UUID.class), rs.getBigDecimal(2)))
              .list();
          return amounts;
        });
  }
}
