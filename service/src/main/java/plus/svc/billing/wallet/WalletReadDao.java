package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** Reading statements; each is one snapshot. */
interface WalletReadDao {

  @SqlQuery(
      """
      SELECT i.account_uuid AS account, i.account_uuid AS owner, :unit AS unit,
             coalesce(q.exact_balance, q.current_balance, 0)
             + (SELECT coalesce(sum(f.amount_delta), 0) FROM billing.foreign_entries f
                 WHERE f.account_uuid = i.account_uuid
                   AND (q.opened_at IS NOT NULL OR q.account_uuid IS NULL OR NOT f.shown))
               AS balance,
             coalesce(q.held, 0)
             - (SELECT coalesce(sum(h.amount), 0) FROM billing.holds h
                 WHERE h.account_id = i.account_uuid AND h.state = 'active'
                   AND h.expires_at <= :now) AS held
        FROM billing.identities i
        LEFT JOIN public.account_quota_states q ON q.account_uuid = i.account_uuid
       WHERE i.account_uuid = :account
       UNION ALL
      SELECT a.account_id, a.owner_uuid, a.unit,
             a.balance + (SELECT coalesce(sum(f.amount_delta), 0) FROM billing.foreign_entries f
                           WHERE f.account_uuid = a.account_id),
             a.held - (SELECT coalesce(sum(h.amount), 0) FROM billing.holds h
                        WHERE h.account_id = a.account_id AND h.state = 'active'
                          AND h.expires_at <= :now)
        FROM billing.accounts a
       WHERE a.account_id = :account AND a.account_id <> a.owner_uuid
      """)
  @RegisterConstructorMapper(WalletReads.Standing.class)
  Optional<WalletReads.Standing> standing(
      @Bind("account") UUID account, @Bind("unit") String unit, @Bind("now") Instant now);

  /**
   * The newest place not after the instant, and what waits since before it: that gets its place
   * behind the newest there is, so before that nothing can change any more.
   */
  @SqlQuery(
      """
      SELECT coalesce((
               SELECT balance_after
                 FROM ((SELECT created_at AS place, id, balance_after
                          FROM public.billing_ledger
                         WHERE account_uuid = :owner AND :account = :owner
                           AND created_at <= :at AND sub_account IS NULL AND appended IS NULL
                           AND (node_id IS NOT NULL OR operation_id IS NOT NULL
                                OR entry_type = 'opening_balance')
                         ORDER BY created_at DESC LIMIT 1)
                       UNION ALL
                       (SELECT created_at, id, balance_after
                          FROM public.billing_ledger
                         WHERE sub_account = :account
                           AND created_at <= :at AND appended IS NULL
                         ORDER BY created_at DESC LIMIT 1)
                       UNION ALL
                       (SELECT booked_at, ledger_id, balance_after
                          FROM billing.bookings
                         WHERE account_id = :account AND booked_at <= :at
                           AND balance_after IS NOT NULL
                         ORDER BY booked_at DESC LIMIT 1)) AS newest
                ORDER BY place DESC, id DESC
                LIMIT 1), 0)
             + coalesce((
               SELECT sum(f.amount_delta)
                 FROM billing.foreign_entries f
                 JOIN public.billing_ledger l ON l.id = f.ledger_id
                WHERE f.account_uuid = :account AND l.created_at <= :at
                  AND :at > coalesce((SELECT q.last_entry_at
                                        FROM public.account_quota_states q
                                       WHERE q.account_uuid = :account),
                                     (SELECT a.last_entry_at
                                        FROM billing.accounts a
                                       WHERE a.account_id = :account), '-infinity')), 0)
      """)
  BigDecimal balanceAt(
      @Bind("account") UUID account, @Bind("owner") UUID owner, @Bind("at") Instant at);

  @SqlQuery(
      """
      SELECT * FROM (
        (SELECT id, created_at AS place, entry_type AS kind, amount_delta AS amount, balance_after,
                coalesce(meter, '') AS meter, coalesce(units, 0) AS units,
                operation_id AS operation, corrects
           FROM public.billing_ledger
          WHERE account_uuid = :owner AND :account = :owner AND sub_account IS NULL
            AND appended IS NULL
            AND (node_id IS NOT NULL OR operation_id IS NOT NULL OR entry_type = 'opening_balance')
            AND created_at >= :from AND created_at < :until AND (created_at, id) > (:from, :after)
          ORDER BY created_at, id LIMIT :most)
        UNION ALL
        (SELECT id, created_at, entry_type, amount_delta, balance_after, coalesce(meter, ''),
                coalesce(units, 0), operation_id, corrects
           FROM public.billing_ledger
          WHERE sub_account = :account AND appended IS NULL
            AND created_at >= :from AND created_at < :until AND (created_at, id) > (:from, :after)
          ORDER BY created_at, id LIMIT :most)
        UNION ALL
        (SELECT b.ledger_id, b.booked_at, l.entry_type, l.amount_delta, b.balance_after,
                coalesce(l.meter, ''), coalesce(l.units, 0), l.operation_id, l.corrects
           FROM billing.bookings b
           JOIN public.billing_ledger l ON l.id = b.ledger_id
          WHERE b.account_id = :account
            AND b.booked_at >= :from AND b.booked_at < :until
            AND (b.booked_at, b.ledger_id) > (:from, :after)
          ORDER BY b.booked_at, b.ledger_id LIMIT :most)) AS page
      ORDER BY place, id
      LIMIT :most
      """)
  @RegisterConstructorMapper(WalletReads.HistoryEntry.class)
  List<WalletReads.HistoryEntry> history(
      @Bind("account") UUID account,
      @Bind("owner") UUID owner,
      @Bind("from") Instant from,
      @Bind("after") UUID after,
      @Bind("until") Instant until,
      @Bind("most") int most);

  /** What is taken of a month's free units. */
  record QuotaTaken(String meter, long used, long held) {}

  @SqlQuery(
      """
      SELECT meter, used, held
        FROM billing.past_quotas
       WHERE account_uuid = :account AND meter = ANY(:services) AND period_start = :month
      """)
  @RegisterConstructorMapper(QuotaTaken.class)
  List<QuotaTaken> quotas(
      @Bind("account") UUID account,
      @Bind("services") String[] services,
      @Bind("month") Instant month);

  @SqlQuery(
      """
      SELECT kind, meter, caller, sum(entries)::bigint AS entries, sum(units)::bigint AS units,
             sum(credit) AS credit, sum(debit) AS debit
        FROM billing.turnover
       WHERE account_id = :account AND quarter >= :from AND quarter < :until
       GROUP BY kind, meter, caller
       ORDER BY kind, meter, caller
      """)
  @RegisterConstructorMapper(WalletReads.Sums.class)
  List<WalletReads.Sums> turnover(
      @Bind("account") UUID account, @Bind("from") Instant from, @Bind("until") Instant until);

  @SqlQuery(
      """
      SELECT id, meter AS service, entry_type = 'usage_free' AS free, -amount_delta AS amount,
             units AS count, created_at, operation_id AS operation
        FROM public.billing_ledger
       WHERE account_uuid = :account AND sub_account IS NULL AND meter IS NOT NULL
         AND entry_type IN ('usage_free', 'usage_charge')
         AND (created_at, id) < (:before, :beforeId)
       ORDER BY created_at DESC, id DESC
      OFFSET :skip LIMIT :most
      """)
  @RegisterConstructorMapper(WalletReads.UseRecord.class)
  List<WalletReads.UseRecord> records(
      @Bind("account") UUID account,
      @Bind("before") Instant before,
      @Bind("beforeId") UUID beforeId,
      @Bind("skip") int skip,
      @Bind("most") int most);

  @SqlQuery(
      """
      SELECT coalesce(sum(entries), 0)::bigint
        FROM billing.turnover
       WHERE account_id = :account AND kind IN ('usage_free', 'usage_charge')
      """)
  long recordCount(@Bind("account") UUID account);

  /** A request and what became of it. */
  record ToldRow(
      UUID requestId,
      String caller,
      String idempotencyKey,
      String kind,
      String source,
      Instant receivedAt,
      String body,
      @Nullable String status,
      @Nullable String reason,
      @Nullable UUID reverses,
      @Nullable Instant appliedAt) {}

  @SqlQuery(
      """
      SELECT r.request_id, r.caller, r.idempotency_key, r.kind, r.source, r.received_at, r.body,
             o.status, o.reason, o.reverses, o.applied_at
        FROM billing.requests r
        LEFT JOIN billing.operations o ON o.request_id = r.request_id
       WHERE r.request_id = :id
      """)
  @RegisterConstructorMapper(ToldRow.class)
  Optional<ToldRow> told(@Bind("id") UUID id);

  @SqlQuery(
      """
      SELECT id, created_at AS place, entry_type AS kind, amount_delta AS amount, balance_after,
             coalesce(meter, '') AS meter, coalesce(units, 0) AS units, operation_id AS operation,
             corrects
        FROM public.billing_ledger
       WHERE operation_id = :id
       ORDER BY created_at, id
      """)
  @RegisterConstructorMapper(WalletReads.HistoryEntry.class)
  List<WalletReads.HistoryEntry> entriesOf(@Bind("id") UUID id);

  /** The account of an entry. */
  record EntryAccount(UUID id, UUID account) {}

  @SqlQuery(
      """
      SELECT id, coalesce(sub_account, account_uuid) AS account
        FROM public.billing_ledger
       WHERE operation_id = :id
      """)
  @RegisterConstructorMapper(EntryAccount.class)
  List<EntryAccount> accountsOf(@Bind("id") UUID id);

  @SqlQuery("SELECT request_id FROM billing.operations WHERE reverses = :id")
  Optional<UUID> reversedBy(@Bind("id") UUID id);

  /** What its rows are as the database last counted, by table; a partitioned one as a whole. */
  record TableEstimate(String name, long records) {}

  @SqlQuery(
      """
      SELECT n.nspname || '.' || c.relname AS name,
             (greatest(c.reltuples, 0)
              + coalesce((SELECT sum(greatest(p.reltuples, 0))
                            FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
                           WHERE i.inhparent = c.oid), 0))::bigint AS records
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('public', 'billing') AND c.relkind IN ('r', 'p')
         AND n.nspname || '.' || c.relname = ANY(:names)
      """)
  @RegisterConstructorMapper(TableEstimate.class)
  List<TableEstimate> estimates(@Bind("names") String[] names);

  @SqlQuery("SELECT account_id FROM billing.holds WHERE hold_id = :id")
  Optional<UUID> accountOfHold(@Bind("id") UUID id);
}
