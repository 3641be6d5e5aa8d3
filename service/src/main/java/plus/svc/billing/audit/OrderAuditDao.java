package plus.svc.billing.audit;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Asks what is not right about recharge orders of some owners' accounts, main and further ones. */
@RegisterConstructorMapper(WalletAuditDao.Off.class)
interface OrderAuditDao {

  /**
   * Orders whose entries are not what their state says: a paid one has its credit and a refunded
   * one the row that takes it back, of its amount, on its account, by an operation of its own; any
   * other has none.
   */
  @SqlQuery(
      """
      WITH ids AS (
          SELECT unnest(:owners::uuid[]) AS owner, unnest(:owners::uuid[]) AS account
           UNION
          SELECT owner_uuid, account_id FROM billing.accounts WHERE owner_uuid = ANY(:owners)),
      must AS (
          SELECT i.owner, o.order_id, o.account_id, o.changed_at, o.state, e.kind, e.entry,
                 e.amount, e.corrects, e.due
            FROM ids i
            JOIN billing.recharge_orders o ON o.account_id = i.account
           CROSS JOIN LATERAL (
                 VALUES ('recharge', o.credit_entry, o.amount, NULL::uuid,
                         o.state IN ('success', 'refunded')),
                        ('recharge_refund', o.refund_entry, -o.amount, o.credit_entry,
                         o.state = 'refunded')) AS e (kind, entry, amount, corrects, due)
           WHERE e.due OR e.entry IS NOT NULL)
      SELECT m.owner AS account, m.changed_at AS at, 'recharge order ' || m.order_id AS thing,
             CASE WHEN m.due
                  THEN m.kind || ' of ' || m.amount || ' to account ' || m.account_id
                  ELSE m.state || ', so no ' || m.kind END AS expected,
             l.entry_type || ' of ' || l.amount_delta || ' to account '
             || coalesce(l.sub_account, l.account_uuid) || ' (' || l.id || ')'
             || CASE WHEN r.idempotency_key <> m.kind || '|' || m.order_id
                     THEN ' for ' || r.idempotency_key ELSE '' END AS found,
             CASE WHEN m.due THEN m.amount ELSE 0 END - coalesce(l.amount_delta, 0) AS money
        FROM must m
        LEFT JOIN public.billing_ledger l ON l.id = m.entry
        LEFT JOIN billing.requests r ON r.request_id = l.operation_id
       WHERE NOT m.due OR l.id IS NULL OR l.operation_id IS NULL
          OR l.entry_type <> m.kind OR l.amount_delta <> m.amount
          OR coalesce(l.sub_account, l.account_uuid) <> m.account_id
          OR l.corrects IS DISTINCT FROM m.corrects
          OR (r.caller, r.idempotency_key) <> ('recharge', m.kind || '|' || m.order_id)
       ORDER BY m.owner, m.order_id, m.kind
      """)
  List<WalletAuditDao.Off> withOtherEntries(@Bind("owners") UUID[] owners);

  /** Credits and refunds of recharges that no order names. */
  @SqlQuery(
      """
      WITH entries AS (
          SELECT l.id, l.account_uuid, l.created_at, l.amount_delta,
                 coalesce(l.sub_account, l.account_uuid) AS account, r.idempotency_key AS key
            FROM public.billing_ledger l
            JOIN billing.requests r ON r.request_id = l.operation_id
           WHERE l.account_uuid = ANY(:owners) AND l.operation_id IS NOT NULL
             AND l.entry_type IN ('recharge', 'recharge_refund') AND r.caller = 'recharge'),
      named AS (
          SELECT o.account_id, e.entry
            FROM billing.recharge_orders o
           CROSS JOIN LATERAL (VALUES (o.credit_entry), (o.refund_entry)) AS e (entry)
           WHERE o.account_id IN (SELECT account FROM entries) AND e.entry IS NOT NULL)
      SELECT e.account_uuid AS account, e.created_at AS at, 'ledger row ' || e.id AS thing,
             'a recharge order that names it' AS expected, 'posted for ' || e.key AS found,
             -e.amount_delta AS money
        FROM entries e
       WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.account_id = e.account AND n.entry = e.id)
       ORDER BY e.account_uuid, e.created_at, e.id
      """)
  List<WalletAuditDao.Off> withoutOrder(@Bind("owners") UUID[] owners);

  /** Orders whose state is not what the last that was believed of them made it. */
  @SqlQuery(
      """
      WITH ids AS (
          SELECT unnest(:owners::uuid[]) AS owner, unnest(:owners::uuid[]) AS account
           UNION
          SELECT owner_uuid, account_id FROM billing.accounts WHERE owner_uuid = ANY(:owners))
      SELECT i.owner AS account, o.changed_at AS at, 'recharge order ' || o.order_id AS thing,
             coalesce(told.state, 'pending') AS expected, o.state AS found, NULL::numeric AS money
        FROM ids i
        JOIN billing.recharge_orders o ON o.account_id = i.account
        LEFT JOIN LATERAL (
             SELECT e.state FROM billing.recharge_events e
              WHERE e.order_id = o.order_id AND e.effect NOT IN ('none', 'refused')
              ORDER BY e.event_id DESC
              LIMIT 1) told ON true
       WHERE o.state <> coalesce(told.state, 'pending')
       ORDER BY i.owner, o.order_id
      """)
  List<WalletAuditDao.Off> notAsTold(@Bind("owners") UUID[] owners);
}
