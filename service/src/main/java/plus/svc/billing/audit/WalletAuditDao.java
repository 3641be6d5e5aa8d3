package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Asks what is not right about operations, and about accounts of some owners. */
@RegisterConstructorMapper(WalletAuditDao.Off.class)
@RegisterConstructorMapper(WalletAuditDao.Stretch.class)
interface WalletAuditDao {

  /**
   * Something that is off.
   *
   * @param account the owner
   * @param thing what is off, its id in words
   * @param money what it would change, null if no money hangs on it
   */
  record Off(
      @Nullable UUID account,
      @Nullable Instant at,
      String thing,
      @Nullable String expected,
      @Nullable String found,
      @Nullable BigDecimal money) {}

  /**
   * Entries of operations and of others whose balance doesn't go on from the one of such an entry
   * before it, in the order of their places. Where traffic stands between, the chain of all tells.
   */
  @SqlQuery(
      """
      WITH placed AS (
          SELECT l.account_uuid AS owner, coalesce(l.sub_account, l.account_uuid) AS account, l.id,
                 l.amount_delta AS amount, coalesce(b.booked_at, l.created_at) AS place,
                 CASE WHEN b.ledger_id IS NULL THEN l.balance_after ELSE b.balance_after END
                   AS balance_after,
                 (l.operation_id IS NOT NULL OR b.balance_after IS NOT NULL) AS kept
            FROM public.billing_ledger l
            LEFT JOIN billing.bookings b
              ON b.ledger_id = l.id
             AND b.account_id IN (l.account_uuid, l.sub_account)
           WHERE l.account_uuid = ANY(:owners)
             AND NOT EXISTS (SELECT 1 FROM billing.foreign_entries f
                              WHERE f.account_uuid = coalesce(l.sub_account, l.account_uuid)
                                AND f.ledger_id = l.id)),
      history AS (
          SELECT owner, account, id, amount, place, balance_after, kept,
                 lag(balance_after, 1, 0) OVER place_by_place AS before,
                 lag(kept, 1, true) OVER place_by_place AS kept_before
            FROM placed
          WINDOW place_by_place AS (PARTITION BY account ORDER BY place, id))
      SELECT owner AS account, place AS at,
             'ledger row ' || id || CASE WHEN account = owner THEN ''
                                         ELSE ' of further account ' || account END AS thing,
             (before + amount)::text AS expected, balance_after::text AS found,
             before + amount - balance_after AS money
        FROM history
       WHERE kept AND kept_before AND balance_after IS DISTINCT FROM before + amount
       ORDER BY owner, account, place, id
      """)
  List<Off> brokenHistory(@Bind("owners") UUID[] owners);

  @SqlQuery(
      """
      SELECT a.owner_uuid AS account, NULL::timestamptz AS at,
             'balance of further account ' || a.account_id AS thing,
             must.sum::text AS expected, a.balance::text AS found, must.sum - a.balance AS money
        FROM billing.accounts a
       CROSS JOIN LATERAL (
             SELECT (SELECT coalesce(sum(l.amount_delta), 0) FROM public.billing_ledger l
                      WHERE l.sub_account = a.account_id)
                    - (SELECT coalesce(sum(f.amount_delta), 0) FROM billing.foreign_entries f
                        WHERE f.account_uuid = a.account_id) AS sum) must
       WHERE a.owner_uuid = ANY(:owners) AND a.account_id <> a.owner_uuid
         AND a.balance <> must.sum
       ORDER BY a.account_id
      """)
  List<Off> furtherBalances(@Bind("owners") UUID[] owners);

  @SqlQuery(
      """
      WITH kept AS (
          SELECT account_uuid AS owner, account_uuid AS account, held, open_holds
            FROM public.account_quota_states
           WHERE account_uuid = ANY(:owners)
           UNION ALL
          SELECT owner_uuid, account_id, held, open_holds
            FROM billing.accounts
           WHERE owner_uuid = ANY(:owners) AND account_id <> owner_uuid),
      held AS (
          SELECT k.owner, k.account, k.held, k.open_holds, coalesce(sum(h.amount), 0) AS amount,
                 count(h.hold_id) AS holds
            FROM kept k
            LEFT JOIN billing.holds h ON h.account_id = k.account AND h.state = 'active'
           GROUP BY k.owner, k.account, k.held, k.open_holds)
      SELECT owner AS account, NULL::timestamptz AS at, 'what is held of account ' || account AS thing,
             amount || ' by ' || holds || ' holds' AS expected,
             held || ' by ' || open_holds || ' holds' AS found, NULL::numeric AS money
        FROM held
       WHERE amount <> held OR holds <> open_holds
       ORDER BY owner, account
      """)
  List<Off> held(@Bind("owners") UUID[] owners);

  /**
   * Quotas of services that are not their uses, in the months as they are kept; what is taken back
   * is taken back from the month of the use.
   */
  @SqlQuery(
      """
      WITH quota AS (
          SELECT account_uuid, meter, period_start, period_end, used, charged, held
            FROM billing.past_quotas
           WHERE account_uuid = ANY(:owners) AND meter <> 'traffic'),
      uses AS (
          SELECT l.account_uuid, l.meter, q.period_start,
                 coalesce(sum(l.units) FILTER (WHERE l.entry_type = 'usage_free'), 0) AS used,
                 coalesce(sum(l.units) FILTER (WHERE l.entry_type = 'usage_charge'), 0) AS charged,
                 min(l.bucket_start) AS at
            FROM public.billing_ledger l
            LEFT JOIN public.billing_ledger c ON c.id = l.corrects
            LEFT JOIN quota q
              ON q.account_uuid = l.account_uuid AND q.meter = l.meter
             AND coalesce(c.bucket_start, l.bucket_start) >= q.period_start
             AND coalesce(c.bucket_start, l.bucket_start) < q.period_end
           WHERE l.account_uuid = ANY(:owners) AND l.meter IS NOT NULL AND l.operation_id IS NOT NULL
           GROUP BY l.account_uuid, l.meter, q.period_start),
      kept AS (
          SELECT account_id AS account_uuid, meter, period_start, sum(free_units) AS held
            FROM billing.holds
           WHERE account_id = ANY(:owners) AND state = 'active' AND meter IS NOT NULL
           GROUP BY account_id, meter, period_start),
      must AS (
          SELECT coalesce(u.account_uuid, k.account_uuid) AS account_uuid,
                 coalesce(u.meter, k.meter) AS meter,
                 coalesce(u.period_start, k.period_start) AS period_start,
                 coalesce(u.used, 0) AS used, coalesce(u.charged, 0) AS charged,
                 coalesce(k.held, 0) AS held, u.at
            FROM uses u
            FULL JOIN kept k
              ON k.account_uuid = u.account_uuid AND k.meter = u.meter
             AND k.period_start = u.period_start)
      SELECT coalesce(q.account_uuid, m.account_uuid) AS account,
             coalesce(q.period_start, m.period_start, m.at) AS at,
             'quota of ' || coalesce(q.meter, m.meter) AS thing,
             coalesce(m.used, 0) || ' used, ' || coalesce(m.charged, 0) || ' charged, '
             || coalesce(m.held, 0) || ' held' AS expected,
             q.used || ' used, ' || q.charged || ' charged, ' || q.held || ' held' AS found,
             NULL::numeric AS money
        FROM quota q
        FULL JOIN must m
          ON m.account_uuid = q.account_uuid AND m.meter = q.meter
         AND m.period_start = q.period_start
       WHERE (coalesce(m.used, 0), coalesce(m.charged, 0), coalesce(m.held, 0))
             IS DISTINCT FROM (q.used, q.charged, q.held)
       ORDER BY 1, 2, 3
      """)
  List<Off> quotas(@Bind("owners") UUID[] owners);

  /** Sums of turnover that are not their entries', by quarter of an hour. */
  @SqlQuery(
      """
      WITH ids AS (
          SELECT account_uuid AS owner, account_uuid AS account
            FROM public.account_quota_states
           WHERE account_uuid = ANY(:owners)
           UNION ALL
          SELECT owner_uuid, account_id
            FROM billing.accounts
           WHERE owner_uuid = ANY(:owners) AND account_id <> owner_uuid),
      entries AS (
          SELECT coalesce(l.sub_account, l.account_uuid) AS account,
                 date_bin('15 minutes', coalesce(b.booked_at, l.created_at),
                          '2000-01-01 00:00:00Z') AS quarter,
                 l.entry_type AS kind, coalesce(l.meter, '') AS meter,
                 coalesce(r.caller, CASE WHEN l.operation_id IS NULL THEN 'accounts' ELSE '' END)
                   AS caller,
                 l.amount_delta AS amount, coalesce(l.units, 0) AS units
            FROM public.billing_ledger l
            LEFT JOIN billing.bookings b
              ON b.ledger_id = l.id AND b.account_id IN (l.account_uuid, l.sub_account)
            LEFT JOIN billing.requests r ON r.request_id = l.operation_id
           WHERE l.account_uuid = ANY(:owners)
             AND (b.balance_after IS NOT NULL OR (l.operation_id IS NOT NULL AND l.appended IS NULL))),
      must AS (
          SELECT account, quarter, kind, meter, caller, count(*) AS entries, sum(units) AS units,
                 coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS credit,
                 coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS debit
            FROM entries
           GROUP BY account, quarter, kind, meter, caller),
      kept AS (
          SELECT t.account_id AS account, t.quarter, t.kind, t.meter, t.caller, t.entries, t.units,
                 t.credit, t.debit
            FROM billing.turnover t
            JOIN ids i ON i.account = t.account_id)
      SELECT i.owner AS account, quarter AS at,
             'turnover of account ' || account || ': ' || kind
             || CASE meter WHEN '' THEN '' ELSE ' of ' || meter END || ' by ' || caller AS thing,
             m.entries || ' entries, ' || m.units || ' units, +' || m.credit || ' -' || m.debit
               AS expected,
             k.entries || ' entries, ' || k.units || ' units, +' || k.credit || ' -' || k.debit
               AS found,
             NULL::numeric AS money
        FROM must m
        FULL JOIN kept k USING (account, quarter, kind, meter, caller)
        JOIN ids i USING (account)
       WHERE (m.entries, m.units, m.credit, m.debit)
             IS DISTINCT FROM (k.entries, k.units, k.credit, k.debit)
       ORDER BY 1, 2, 3
      """)
  List<Off> turnover(@Bind("owners") UUID[] owners);

  /** Ledger rows that say they belong to an operation which was never done. */
  @SqlQuery(
      """
      SELECT l.account_uuid AS account, l.created_at AS at, 'ledger row ' || l.id AS thing,
             'operation ' || l.operation_id AS expected,
             CASE o.status WHEN 'rejected' THEN 'rejected: ' || o.reason END AS found,
             l.amount_delta AS money
        FROM public.billing_ledger l
        LEFT JOIN billing.operations o ON o.request_id = l.operation_id
       WHERE l.account_uuid = ANY(:owners) AND l.operation_id IS NOT NULL
         AND o.status IS DISTINCT FROM 'applied'
       ORDER BY l.account_uuid, l.created_at, l.id
      """)
  List<Off> withoutOperation(@Bind("owners") UUID[] owners);

  /** A stretch of requests, in the order of their ids. */
  record Stretch(long requests, @Nullable UUID last) {}

  @SqlQuery(
      """
      SELECT count(*) AS requests, (array_agg(id ORDER BY id DESC))[1] AS last
        FROM (SELECT request_id AS id FROM billing.requests WHERE request_id > :after
               ORDER BY request_id LIMIT :most) AS stretch
      """)
  Stretch stretch(@Bind("after") UUID after, @Bind("most") int most);

  /** Requests of a stretch that were stored long ago and never applied. */
  @SqlQuery(
      """
      SELECT NULL::uuid AS account, r.stored_at AS at,
             'request ' || r.request_id || ' of ' || r.caller AS thing,
             'an operation' AS expected, NULL::text AS found, NULL::numeric AS money
        FROM billing.requests r
       WHERE r.request_id > :after AND r.request_id <= :last
         AND r.stored_at < clock_timestamp() - interval '10 minutes'
         AND NOT EXISTS (SELECT 1 FROM billing.operations o WHERE o.request_id = r.request_id)
       ORDER BY r.request_id
      """)
  List<Off> unapplied(@Bind("after") UUID after, @Bind("last") UUID last);

  /** The same of those that were stored since an instant. */
  @SqlQuery(
      """
      SELECT NULL::uuid AS account, r.stored_at AS at,
             'request ' || r.request_id || ' of ' || r.caller AS thing,
             'an operation' AS expected, NULL::text AS found, NULL::numeric AS money
        FROM billing.requests r
       WHERE r.stored_at >= :since AND r.stored_at < clock_timestamp() - interval '10 minutes'
         AND NOT EXISTS (SELECT 1 FROM billing.operations o WHERE o.request_id = r.request_id)
       ORDER BY r.stored_at
       LIMIT 100
      """)
  List<Off> unappliedSince(@Bind("since") Instant since);

  /** Operations of a stretch whose requests are gone. */
  @SqlQuery(
      """
      SELECT o.account_id AS account, o.applied_at AS at, 'operation ' || o.request_id AS thing,
             'its request' AS expected, NULL::text AS found, NULL::numeric AS money
        FROM billing.operations o
       WHERE o.request_id > :after AND (:toTheEnd OR o.request_id <= :last)
         AND NOT EXISTS (SELECT 1 FROM billing.requests r WHERE r.request_id = o.request_id)
       ORDER BY o.request_id
      """)
  List<Off> withoutRequest(
      @Bind("after") UUID after, @Bind("last") UUID last, @Bind("toTheEnd") boolean toTheEnd);

  /** Operations of a stretch whose answers name other ledger rows than there are. */
  @SqlQuery(
      """
      SELECT o.account_id AS account, o.applied_at AS at, 'operation ' || o.request_id AS thing,
             told.entries || ' ledger rows' AS expected,
             coalesce(there.entries, 0) || ' ledger rows' AS found,
             there.extra AS money
        FROM billing.operations o
       CROSS JOIN LATERAL (
             SELECT count(e.id) AS entries, array_agg(e.id::uuid ORDER BY e.id::uuid) AS ids
               FROM jsonb_array_elements_text(o.answer::jsonb -> 'entries') AS e (id)) told
       CROSS JOIN LATERAL (
             SELECT count(*) AS entries, array_agg(l.id ORDER BY l.id) AS ids,
                    sum(l.amount_delta) FILTER (WHERE l.id <> ALL(coalesce(told.ids, '{}')))
                      AS extra
               FROM public.billing_ledger l
              WHERE l.operation_id = o.request_id) there
       WHERE o.request_id > :after AND o.request_id <= :last
         AND told.ids IS DISTINCT FROM there.ids
       ORDER BY o.request_id
      """)
  List<Off> withOtherEntries(@Bind("after") UUID after, @Bind("last") UUID last);

  /** Operations of a stretch that move between accounts and don't sum to zero. */
  @SqlQuery(
      """
      SELECT o.account_id AS account, o.applied_at AS at,
             'operation ' || o.request_id || ' in ' || coalesce(a.unit, 'the main unit') AS thing,
             '0' AS expected, sum(l.amount_delta)::text AS found, -sum(l.amount_delta) AS money
        FROM billing.requests r
        JOIN billing.operations o ON o.request_id = r.request_id
        JOIN public.billing_ledger l ON l.operation_id = r.request_id
        LEFT JOIN billing.accounts a ON a.account_id = l.sub_account
       WHERE r.request_id > :after AND r.request_id <= :last AND r.kind = 'group'
       GROUP BY o.account_id, o.applied_at, o.request_id, a.unit
      HAVING sum(l.amount_delta) <> 0
       ORDER BY o.request_id
      """)
  List<Off> unbalanced(@Bind("after") UUID after, @Bind("last") UUID last);
}
