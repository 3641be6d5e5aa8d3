package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** What is read to explain; each by a key or an index, however large the tables are. */
public interface ExplainDao {

  /** A node by its composed name, or by its plain one. */
  @SqlQuery(
      """
      SELECT node_key, env, node, composed, count_first, billing_from, archive_from
        FROM billing.nodes
       WHERE composed = :name OR (node = :name AND (:env = '' OR env = :env))
       ORDER BY composed <> :name, composed
      """)
  @RegisterConstructorMapper(NodeRow.class)
  List<NodeRow> nodes(@Bind("name") String name, @Bind("env") String env);

  /** Whether an account is known at all. */
  @SqlQuery("SELECT count(*) > 0 FROM billing.identities WHERE account_uuid = :account")
  boolean isKnown(@Bind("account") UUID account);

  /** The buckets of an account in a minute. */
  @SqlQuery(
      """
      SELECT account_uuid, bucket_start, node_id, region, line_code, uplink_bytes, downlink_bytes,
             total_bytes, included_bytes, charged_bytes, amount, multiplier, revision, created_at,
             updated_at
        FROM public.traffic_minute_buckets
       WHERE account_uuid = :account AND bucket_start = :minute
       ORDER BY node_id COLLATE "C", line_code COLLATE "C", revision
      """)
  @RegisterConstructorMapper(BucketRow.class)
  List<BucketRow> buckets(@Bind("account") UUID account, @Bind("minute") Instant minute);

  /** The buckets of a node in a minute. */
  @SqlQuery(
      """
      SELECT account_uuid, bucket_start, node_id, region, line_code, uplink_bytes, downlink_bytes,
             total_bytes, included_bytes, charged_bytes, amount, multiplier, revision, created_at,
             updated_at
        FROM public.traffic_minute_buckets
       WHERE bucket_start = :minute AND node_id = :node
      """)
  @RegisterConstructorMapper(BucketRow.class)
  List<BucketRow> bucketsOfNode(@Bind("node") String composed, @Bind("minute") Instant minute);

  /** Ledger rows by their ids, in that order. */
  @SqlQuery(
      """
      SELECT id, account_uuid, bucket_start, entry_type, rated_bytes, amount_delta, balance_after,
             pricing_rule_version, created_at, node_id, line_code, corrects, operation_id
        FROM public.billing_ledger
       WHERE id = ANY(:ids)
       ORDER BY array_position(:ids, id)
      """)
  @RegisterConstructorMapper(EntryRow.class)
  List<EntryRow> entries(@Bind("ids") UUID[] ids);

  /** Ledger rows of an account that were not posted for buckets, by when they were posted. */
  @SqlQuery(
      """
      SELECT id, account_uuid, bucket_start, entry_type, rated_bytes, amount_delta, balance_after,
             pricing_rule_version, created_at, node_id, line_code, corrects, operation_id
        FROM public.billing_ledger
       WHERE account_uuid = :account AND created_at >= :from AND created_at < :until
         AND node_id IS NULL AND sub_account IS NULL
       ORDER BY created_at, id
       LIMIT 100
      """)
  @RegisterConstructorMapper(EntryRow.class)
  List<EntryRow> otherEntries(
      @Bind("account") UUID account, @Bind("from") Instant from, @Bind("until") Instant until);

  /** Requests that ledger rows were posted for, or of those ids. */
  @SqlQuery(
      """
      SELECT r.request_id, r.caller, r.idempotency_key, r.kind, r.source, r.received_at, r.body,
             o.status, o.reason, o.reverses, back.request_id AS reversed_by, o.applied_at
        FROM billing.requests r
        LEFT JOIN billing.operations o ON o.request_id = r.request_id
        LEFT JOIN billing.operations back ON back.reverses = r.request_id
       WHERE r.request_id = ANY(:ids)
       ORDER BY r.received_at, r.request_id
      """)
  @RegisterConstructorMapper(RequestRow.class)
  List<RequestRow> requests(@Bind("ids") UUID[] ids);

  /** All ledger rows that were posted for requests. */
  @SqlQuery(
      """
      SELECT id, coalesce(sub_account, account_uuid) AS account_uuid, bucket_start, entry_type,
             rated_bytes, amount_delta, balance_after, pricing_rule_version, created_at, node_id,
             line_code, corrects, operation_id
        FROM public.billing_ledger
       WHERE operation_id = ANY(:ids)
       ORDER BY operation_id, created_at, id
      """)
  @RegisterConstructorMapper(EntryRow.class)
  List<EntryRow> entriesOfRequests(@Bind("ids") UUID[] ids);

  /** The price version in force at an instant; before the first one, the first. */
  @SqlQuery(
      """
      SELECT effective_from, price_per_byte, region_multiplier, line_multiplier, peak_multiplier,
             offpeak_multiplier, included_quota_bytes, unlimited, rule_version, recorded_at
        FROM billing.price_versions
       WHERE account_uuid = :account
       ORDER BY effective_from > :at,
                CASE WHEN effective_from <= :at THEN effective_from END DESC,
                effective_from
       LIMIT 1
      """)
  @RegisterConstructorMapper(PriceRow.class)
  Optional<PriceRow> price(@Bind("account") UUID account, @Bind("at") Instant at);

  /**
   * The quota period that an instant lies in, as rating has it before a bucket of that minute:
   * grants up to then, and what earlier buckets took. The newest period stays open at its end.
   */
  @SqlQuery(
      """
      SELECT q.period_start, q.period_end,
             (SELECT coalesce(sum(g.amount), 0) FROM billing.quota_grants g
               WHERE g.account_uuid = q.account_uuid AND g.meter = q.meter
                 AND g.period_start = q.period_start AND g.effective_at <= :at)::bigint AS granted,
             taken.used, taken.charged
        FROM (SELECT account_uuid, meter, period_start, period_end
                FROM billing.quotas
               WHERE account_uuid = :account AND meter = 'traffic' AND period_start <= :at
               ORDER BY period_start DESC
               LIMIT 1) q
       CROSS JOIN LATERAL (
             SELECT coalesce(sum(b.included_bytes), 0)::bigint AS used,
                    coalesce(sum(b.charged_bytes), 0)::bigint AS charged
               FROM public.traffic_minute_buckets b
              WHERE b.account_uuid = q.account_uuid AND b.bucket_start >= q.period_start
                AND b.bucket_start <= :at AND b.revision > 0
                AND (b.bucket_start < :at
                     OR (b.node_id COLLATE "C", b.line_code COLLATE "C") < (:node, :line))) taken
      """)
  @RegisterConstructorMapper(QuotaRow.class)
  Optional<QuotaRow> quota(
      @Bind("account") UUID account,
      @Bind("at") Instant at,
      @Bind("node") String beforeNode,
      @Bind("line") String beforeLine);

  /** A series of a node. */
  record SeriesRow(int ordinal, String inboundTag, @Nullable UUID accountUuid) {}

  /** The series of a node. */
  @SqlQuery(
      """
      SELECT ordinal, inbound_tag, account_uuid
        FROM billing.series
       WHERE node_key = :node
      """)
  @RegisterConstructorMapper(SeriesRow.class)
  List<SeriesRow> series(@Bind("node") int nodeKey);

  /** When a node's archived snapshots next to an instant were collected. */
  @SqlQuery(
      """
      (SELECT collected_at FROM billing.snapshots
        WHERE node_key = :node AND collected_at < :at ORDER BY collected_at DESC LIMIT 1)
       UNION ALL
      (SELECT collected_at FROM billing.snapshots
        WHERE node_key = :node AND collected_at >= :at ORDER BY collected_at LIMIT 1)
      """)
  List<Instant> neighbours(@Bind("node") int nodeKey, @Bind("at") Instant at);

  /** How many samples of a snapshot the decoder set aside, by reason; they have no series. */
  @SqlQuery(
      """
      SELECT reason, count(*) AS samples
        FROM billing.set_asides
       WHERE node_key = :node AND collected_at = :at
         AND reason NOT IN ('JUMP', 'FELL_WITHOUT_RESTART')
       GROUP BY reason
       ORDER BY reason
      """)
  @RegisterConstructorMapper(ReasonRow.class)
  List<ReasonRow> refused(@Bind("node") int nodeKey, @Bind("at") Instant at);

  /** Samples set aside for a reason. */
  record ReasonRow(String reason, long samples) {}

  /** How often a snapshot's instant was told with another content. */
  @SqlQuery(
      """
      SELECT count(*)
        FROM billing.snapshot_conflicts
       WHERE node_key = :node AND collected_at = :at
      """)
  long conflicts(@Bind("node") int nodeKey, @Bind("at") Instant at);

  /** The ledger of an account up to an instant, by kind. */
  @SqlQuery(
      """
      SELECT entry_type, count(*) AS entries, sum(amount_delta) AS amount,
             sum(rated_bytes)::bigint AS rated_bytes, max(created_at) AS last_at
        FROM public.billing_ledger
       WHERE account_uuid = :account AND created_at <= :at AND sub_account IS NULL
       GROUP BY entry_type
       ORDER BY entry_type
      """)
  @RegisterConstructorMapper(KindRow.class)
  List<KindRow> kinds(@Bind("account") UUID account, @Bind("at") Instant at);

  /** The same of a further account of a user. */
  @SqlQuery(
      """
      SELECT entry_type, count(*) AS entries, sum(amount_delta) AS amount,
             sum(rated_bytes)::bigint AS rated_bytes, max(created_at) AS last_at
        FROM public.billing_ledger
       WHERE sub_account = :account AND created_at <= :at
       GROUP BY entry_type
       ORDER BY entry_type
      """)
  @RegisterConstructorMapper(KindRow.class)
  List<KindRow> furtherKinds(@Bind("account") UUID account, @Bind("at") Instant at);

  /** A further account of a user; empty for a main account and for what is no account. */
  @SqlQuery(
      """
      SELECT a.owner_uuid AS owner, a.unit, a.balance,
             (SELECT coalesce(sum(f.amount_delta), 0) FROM billing.foreign_entries f
               WHERE f.account_uuid = a.account_id) AS to_take_in,
             a.held, a.open_holds
        FROM billing.accounts a
       WHERE a.account_id = :account AND a.account_id <> a.owner_uuid
      """)
  @RegisterConstructorMapper(FurtherRow.class)
  Optional<FurtherRow> further(@Bind("account") UUID account);

  /**
   * What a further account's row says.
   *
   * @param toTakeIn posted without its lock and not yet in the balance
   */
  record FurtherRow(
      UUID owner,
      String unit,
      BigDecimal balance,
      BigDecimal toTakeIn,
      BigDecimal held,
      int openHolds) {}

  /** Ledger rows of one kind, added up. */
  record KindRow(
      String entryType, long entries, BigDecimal amount, long ratedBytes, Instant lastAt) {}

  /** The account's row as it stands. */
  @SqlQuery(
      """
      SELECT q.current_balance, coalesce(q.exact_balance, 0) AS exact_balance,
             (SELECT coalesce(sum(f.amount_delta), 0) FROM billing.foreign_entries f
               WHERE f.account_uuid = q.account_uuid) AS to_take_in,
             q.remaining_included_quota, q.arrears, q.throttle_state, q.suspend_state,
             q.updated_at
        FROM public.account_quota_states q
       WHERE q.account_uuid = :account
      """)
  @RegisterConstructorMapper(ShownRow.class)
  Optional<ShownRow> shown(@Bind("account") UUID account);

  /**
   * What an account's row says.
   *
   * @param toTakeIn posted by others and not yet in the exact balance
   */
  record ShownRow(
      BigDecimal currentBalance,
      BigDecimal exactBalance,
      BigDecimal toTakeIn,
      long remainingIncludedQuota,
      boolean arrears,
      String throttleState,
      String suspendState,
      Instant updatedAt) {}
}
