--liquibase formatted sql

-- Takes over a database that an earlier writer filled: where it stopped, and an opening entry for each account so that
-- the sum of an account's ledger rows is its balance from the first day.

--changeset billing:003-takeovers
-- A watermark in the future comes of a clock that was wrong; nothing was billed up to it.
INSERT INTO billing.takeovers (source_id, billing_from)
SELECT source_id, least(last_completed_until, now())
  FROM public.billing_source_sync_state
 WHERE last_completed_until IS NOT NULL;

INSERT INTO billing.node_takeovers (composed, billing_from)
SELECT node_id, least(max(last_seen_at), now())
  FROM public.traffic_stat_checkpoints
 GROUP BY node_id;

--changeset billing:003-opening-balances
-- What accounts posts while this runs is either in the sums below or noted after them, never both.
LOCK TABLE public.billing_ledger, public.account_quota_states IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM billing.foreign_entries;

INSERT INTO public.billing_ledger
       (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta, balance_after, pricing_rule_version, created_at)
SELECT gen_random_uuid(), q.account_uuid, now(), now(), 'opening_balance',
       q.current_balance - coalesce(l.total, 0), q.current_balance, 'adoption', clock_timestamp()
  FROM public.account_quota_states q
  LEFT JOIN (SELECT account_uuid, sum(amount_delta) AS total
               FROM public.billing_ledger
              GROUP BY account_uuid) l ON l.account_uuid = q.account_uuid;

INSERT INTO public.billing_ledger
       (id, account_uuid, bucket_start, bucket_end, entry_type, amount_delta, balance_after, pricing_rule_version, created_at)
SELECT gen_random_uuid(), l.account_uuid, now(), now(), 'opening_balance', -sum(l.amount_delta), 0, 'adoption', clock_timestamp()
  FROM public.billing_ledger l
 WHERE NOT EXISTS (SELECT 1 FROM public.account_quota_states q WHERE q.account_uuid = l.account_uuid)
 GROUP BY l.account_uuid
HAVING sum(l.amount_delta) <> 0;

UPDATE public.account_quota_states
   SET opened_at = now(), exact_balance = current_balance, shown_remaining = remaining_included_quota,
       shown_period = period_start, rated_at = last_rated_bucket_at;
