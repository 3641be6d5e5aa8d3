package plus.svc.billing.pipeline.readmodel;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on the shared tables. */
interface ReadModelDao {

  @SqlUpdate(
      """
      UPDATE public.account_quota_states q
         SET current_balance = q.current_balance + c.balance,
             exact_balance = q.exact_balance + c.balance,
             remaining_included_quota = q.remaining_included_quota + c.remaining,
             shown_remaining = q.shown_remaining + c.remaining,
             last_rated_bucket_at = greatest(q.last_rated_bucket_at, c.rated_at),
             rated_at = c.rated_at,
             quota_used = c.used,
             quota_charged = c.charged,
             quota_included_at = c.included_at,
             effective_at = greatest(q.effective_at, c.rated_at),
             last_entry_at = c.entry_at,
             updated_at = :now
        FROM unnest(:accounts, :balances, :remaining, :ratedAts, :entryAts, :used, :charged,
                    :includedAts)
          AS c (account_uuid, balance, remaining, rated_at, entry_at, used, charged, included_at)
       WHERE q.account_uuid = c.account_uuid
      """)
  @SuppressWarnings("TooManyParameters")
  int addUsage(
      @Bind("accounts") UUID[] accounts,
      @Bind("balances") BigDecimal[] balances,
      @Bind("remaining") Long[] remaining,
      @Bind("ratedAts") @Nullable Instant[] ratedAts,
      @Bind("entryAts") @Nullable Instant[] entryAts,
      @Bind("used") Long[] used,
      @Bind("charged") Long[] charged,
      @Bind("includedAts") @Nullable Instant[] includedAts,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      UPDATE public.account_quota_states q
         SET current_balance = q.current_balance + c.balance,
             remaining_included_quota = q.remaining_included_quota + c.remaining,
             last_rated_bucket_at = greatest(q.last_rated_bucket_at, c.rated_at),
             arrears = coalesce(c.arrears, q.arrears),
             arrears_since = CASE WHEN c.arrears AND NOT q.arrears THEN c.since
                                  WHEN NOT c.arrears THEN NULL
                                  ELSE q.arrears_since END,
             throttle_state = CASE WHEN c.throttled THEN 'throttled'
                                   WHEN NOT c.throttled THEN 'normal'
                                   ELSE q.throttle_state END,
             suspend_state = CASE WHEN c.lift THEN 'active' ELSE q.suspend_state END,
             effective_at = greatest(q.effective_at, c.rated_at),
             updated_at = :now,
             opened_at = coalesce(q.opened_at, :now),
             exact_balance = c.exact,
             shown_remaining = c.shown,
             shown_period = c.shown_period,
             rated_at = c.rated_at,
             last_entry_at = c.entry_at,
             arrears_reason = c.arrears_reason,
             suspend_reason = c.suspend_reason,
             quota_start = c.quota_start,
             quota_end = c.quota_end,
             quota_granted = c.granted,
             quota_used = c.used,
             quota_charged = c.charged,
             quota_included_at = c.included_at,
             quota_granted_at = c.granted_at
        FROM unnest(:accounts, :balances, :remaining, :ratedAts, :entryAts, :arrears, :sinces, :throttled,
                    :lifts, :exact, :shown, :shownPeriods, :arrearsReasons, :suspendReasons,
                    :quotaStarts, :quotaEnds, :granted, :used, :charged, :includedAts, :grantedAts)
          AS c (account_uuid, balance, remaining, rated_at, entry_at, arrears, since, throttled,
                lift, exact, shown, shown_period, arrears_reason, suspend_reason,
                quota_start, quota_end, granted, used, charged, included_at, granted_at)
       WHERE q.account_uuid = c.account_uuid
      """)
  @SuppressWarnings("TooManyParameters")
  int settle(
      @Bind("accounts") UUID[] accounts,
      @Bind("balances") BigDecimal[] balances,
      @Bind("remaining") Long[] remaining,
      @Bind("ratedAts") @Nullable Instant[] ratedAts,
      @Bind("entryAts") @Nullable Instant[] entryAts,
      @Bind("arrears") @Nullable Boolean[] arrears,
      @Bind("sinces") @Nullable Instant[] sinces,
      @Bind("throttled") @Nullable Boolean[] throttled,
      @Bind("lifts") Boolean[] lifts,
      @Bind("exact") BigDecimal[] exact,
      @Bind("shown") Long[] shown,
      @Bind("shownPeriods") @Nullable Instant[] shownPeriods,
      @Bind("arrearsReasons") String[] arrearsReasons,
      @Bind("suspendReasons") String[] suspendReasons,
      @Bind("quotaStarts") @Nullable Instant[] quotaStarts,
      @Bind("quotaEnds") @Nullable Instant[] quotaEnds,
      @Bind("granted") @Nullable Long[] granted,
      @Bind("used") @Nullable Long[] used,
      @Bind("charged") @Nullable Long[] charged,
      @Bind("includedAts") @Nullable Instant[] includedAts,
      @Bind("grantedAts") @Nullable Instant[] grantedAts,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      INSERT INTO public.traffic_minute_buckets
             (bucket_start, node_id, account_uuid, region, line_code, rating_status, created_at,
              updated_at)
      SELECT DISTINCT minute, :node, account_uuid, :region, line, 'rated', :now::timestamptz,
             :now::timestamptz
        FROM unnest(:accounts, :minutes, :lines) AS p (account_uuid, minute, line)
          ON CONFLICT DO NOTHING
      """)
  void insertZeroBuckets(
      @Bind("node") String node,
      @Bind("region") String region,
      @Bind("accounts") UUID[] accounts,
      @Bind("minutes") Instant[] minutes,
      @Bind("lines") String[] lines,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      UPDATE public.traffic_stat_checkpoints t
         SET last_uplink_total = c.uplink,
             last_downlink_total = c.downlink,
             last_seen_at = greatest(t.last_seen_at, c.seen_at),
             reset_epoch = c.restarts,
             updated_at = :now
        FROM unnest(:nodes, :accounts, :uplinks, :downlinks, :seenAts, :restarts)
          AS c (node, account_uuid, uplink, downlink, seen_at, restarts)
       WHERE t.node_id = c.node
         AND t.account_uuid = c.account_uuid
      """)
  int updateCheckpoints(
      @Bind("nodes") String[] nodes,
      @Bind("accounts") UUID[] accounts,
      @Bind("uplinks") Long[] uplinks,
      @Bind("downlinks") Long[] downlinks,
      @Bind("seenAts") Instant[] seenAts,
      @Bind("restarts") Long[] restarts,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      INSERT INTO public.traffic_stat_checkpoints
             (node_id, account_uuid, last_uplink_total, last_downlink_total, last_seen_at,
              reset_epoch, created_at, updated_at)
      SELECT node, account_uuid, uplink, downlink, seen_at, restarts, :now, :now
        FROM unnest(:nodes, :accounts, :uplinks, :downlinks, :seenAts, :restarts)
          AS c (node, account_uuid, uplink, downlink, seen_at, restarts)
          ON CONFLICT (node_id, account_uuid) DO NOTHING
      """)
  void insertCheckpoints(
      @Bind("nodes") String[] nodes,
      @Bind("accounts") UUID[] accounts,
      @Bind("uplinks") Long[] uplinks,
      @Bind("downlinks") Long[] downlinks,
      @Bind("seenAts") Instant[] seenAts,
      @Bind("restarts") Long[] restarts,
      @Bind("now") Instant now);

  @SqlUpdate(
      """
      INSERT INTO public.billing_source_sync_state
             (source_id, last_completed_until, last_attempted_at, last_succeeded_at, last_error,
              last_cursor, updated_at)
      SELECT source, until, attempted, :now, '', cursor, :now
        FROM unnest(:sources, :untils, :cursors, :attempted) AS p (source, until, cursor, attempted)
       ORDER BY source
          ON CONFLICT (source_id) DO UPDATE
         SET last_completed_until = greatest(billing_source_sync_state.last_completed_until,
                                             excluded.last_completed_until),
             last_attempted_at = excluded.last_attempted_at,
             last_succeeded_at = excluded.last_succeeded_at,
             last_error = '',
             last_cursor = excluded.last_cursor,
             updated_at = excluded.updated_at
      """)
  void upsertProgress(
      @Bind("sources") String[] sources,
      @Bind("untils") @Nullable Instant[] completedUntil,
      @Bind("cursors") String[] cursors,
      @Bind("attempted") Instant[] attemptedAt,
      @Bind("now") Instant now);
}
