--liquibase formatted sql

-- The tables shared with accounts.svc.plus, schema public. They belong to accounts: on a database where they exist
-- nothing here creates, drops or rewrites them; changes are columns added and types widened (see 003 for the data).

--changeset billing:001-users
CREATE TABLE IF NOT EXISTS public.users (
    uuid       UUID        PRIMARY KEY,
    proxy_uuid UUID        NOT NULL DEFAULT gen_random_uuid(),
    email      TEXT,
    active     BOOLEAN     NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

--changeset billing:001-traffic-stat-checkpoints
CREATE TABLE IF NOT EXISTS public.traffic_stat_checkpoints (
    node_id             TEXT        NOT NULL,
    account_uuid        UUID        NOT NULL REFERENCES public.users (uuid) ON DELETE CASCADE,
    last_uplink_total   BIGINT      NOT NULL DEFAULT 0,
    last_downlink_total BIGINT      NOT NULL DEFAULT 0,
    last_seen_at        TIMESTAMPTZ NOT NULL,
    xray_revision       TEXT        NOT NULL DEFAULT '',
    reset_epoch         BIGINT      NOT NULL DEFAULT 0,
    created_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (node_id, account_uuid)
);

--changeset billing:001-traffic-minute-buckets
CREATE TABLE IF NOT EXISTS public.traffic_minute_buckets (
    bucket_start    TIMESTAMPTZ NOT NULL,
    node_id         TEXT        NOT NULL,
    account_uuid    UUID        NOT NULL REFERENCES public.users (uuid) ON DELETE CASCADE,
    region          TEXT        NOT NULL DEFAULT '',
    line_code       TEXT        NOT NULL DEFAULT '',
    uplink_bytes    BIGINT      NOT NULL DEFAULT 0,
    downlink_bytes  BIGINT      NOT NULL DEFAULT 0,
    total_bytes     BIGINT      NOT NULL DEFAULT 0,
    multiplier      NUMERIC     NOT NULL DEFAULT 1.0,
    rating_status   TEXT        NOT NULL DEFAULT 'pending',
    source_revision TEXT        NOT NULL DEFAULT '',
    created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (bucket_start, node_id, account_uuid, region, line_code)
);
CREATE INDEX IF NOT EXISTS idx_traffic_minute_buckets_account_bucket
    ON public.traffic_minute_buckets (account_uuid, bucket_start DESC);

--changeset billing:001-billing-ledger
CREATE TABLE IF NOT EXISTS public.billing_ledger (
    id                   UUID        PRIMARY KEY,
    account_uuid         UUID        NOT NULL REFERENCES public.users (uuid) ON DELETE CASCADE,
    bucket_start         TIMESTAMPTZ NOT NULL,
    bucket_end           TIMESTAMPTZ NOT NULL,
    entry_type           TEXT        NOT NULL,
    rated_bytes          BIGINT      NOT NULL DEFAULT 0,
    amount_delta         NUMERIC     NOT NULL DEFAULT 0,
    balance_after        NUMERIC     NOT NULL DEFAULT 0,
    pricing_rule_version TEXT        NOT NULL DEFAULT '',
    created_at           TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_billing_ledger_account_created
    ON public.billing_ledger (account_uuid, created_at DESC);

--changeset billing:001-account-quota-states
CREATE TABLE IF NOT EXISTS public.account_quota_states (
    account_uuid             UUID        PRIMARY KEY REFERENCES public.users (uuid) ON DELETE CASCADE,
    remaining_included_quota BIGINT      NOT NULL DEFAULT 0,
    current_balance          NUMERIC     NOT NULL DEFAULT 0,
    arrears                  BOOLEAN     NOT NULL DEFAULT false,
    arrears_since            TIMESTAMPTZ,
    throttle_state           TEXT        NOT NULL DEFAULT 'normal',
    suspend_state            TEXT        NOT NULL DEFAULT 'active',
    last_rated_bucket_at     TIMESTAMPTZ,
    effective_at             TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at               TIMESTAMPTZ NOT NULL DEFAULT now(),
    period_start             TIMESTAMPTZ,
    period_end               TIMESTAMPTZ,
    proxy_access_state       TEXT        NOT NULL DEFAULT 'active'
);
ALTER TABLE public.account_quota_states
    ADD COLUMN IF NOT EXISTS arrears_since      TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS period_start       TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS period_end         TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS proxy_access_state TEXT NOT NULL DEFAULT 'active';

--changeset billing:001-account-billing-profiles
CREATE TABLE IF NOT EXISTS public.account_billing_profiles (
    account_uuid         UUID             PRIMARY KEY REFERENCES public.users (uuid) ON DELETE CASCADE,
    package_name         TEXT             NOT NULL DEFAULT 'default',
    included_quota_bytes BIGINT           NOT NULL DEFAULT 0,
    base_price_per_byte  DOUBLE PRECISION NOT NULL DEFAULT 0,
    region_multiplier    DOUBLE PRECISION NOT NULL DEFAULT 1.0,
    line_multiplier      DOUBLE PRECISION NOT NULL DEFAULT 1.0,
    peak_multiplier      DOUBLE PRECISION NOT NULL DEFAULT 1.0,
    offpeak_multiplier   DOUBLE PRECISION NOT NULL DEFAULT 1.0,
    pricing_rule_version TEXT             NOT NULL DEFAULT 'pricing-default-v1',
    created_at           TIMESTAMPTZ      NOT NULL DEFAULT now(),
    updated_at           TIMESTAMPTZ      NOT NULL DEFAULT now()
);

--changeset billing:001-billing-source-sync-state
CREATE TABLE IF NOT EXISTS public.billing_source_sync_state (
    source_id            TEXT        PRIMARY KEY,
    last_completed_until TIMESTAMPTZ,
    last_attempted_at    TIMESTAMPTZ,
    last_succeeded_at    TIMESTAMPTZ,
    last_error           TEXT        NOT NULL DEFAULT '',
    updated_at           TIMESTAMPTZ NOT NULL DEFAULT now()
);
ALTER TABLE public.billing_source_sync_state ADD COLUMN IF NOT EXISTS last_cursor TEXT NOT NULL DEFAULT '';

--changeset billing:001-other-control-plane-tables
CREATE TABLE IF NOT EXISTS public.account_policy_snapshots (
    account_uuid         UUID        PRIMARY KEY REFERENCES public.users (uuid) ON DELETE CASCADE,
    policy_version       TEXT        NOT NULL,
    auth_state           TEXT        NOT NULL DEFAULT 'active',
    rate_profile         TEXT        NOT NULL DEFAULT 'standard',
    conn_profile         TEXT        NOT NULL DEFAULT 'standard',
    eligible_node_groups JSONB       NOT NULL DEFAULT '[]'::jsonb,
    preferred_strategy   TEXT        NOT NULL DEFAULT 'ewma',
    degrade_mode         TEXT        NOT NULL DEFAULT 'deny',
    expires_at           TIMESTAMPTZ NOT NULL,
    created_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at           TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS public.node_health_snapshots (
    node_id            TEXT             PRIMARY KEY,
    region             TEXT             NOT NULL DEFAULT '',
    line_code          TEXT             NOT NULL DEFAULT '',
    pricing_group      TEXT             NOT NULL DEFAULT '',
    stats_enabled      BOOLEAN          NOT NULL DEFAULT false,
    xray_revision      TEXT             NOT NULL DEFAULT '',
    healthy            BOOLEAN          NOT NULL DEFAULT false,
    latency_ms         INTEGER          NOT NULL DEFAULT 0,
    error_rate         DOUBLE PRECISION NOT NULL DEFAULT 0,
    active_connections INTEGER          NOT NULL DEFAULT 0,
    health_score       DOUBLE PRECISION NOT NULL DEFAULT 0,
    sampled_at         TIMESTAMPTZ      NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_node_health_snapshots_sampled_at
    ON public.node_health_snapshots (sampled_at DESC);
CREATE TABLE IF NOT EXISTS public.scheduler_decisions (
    id           UUID        PRIMARY KEY,
    account_uuid UUID        REFERENCES public.users (uuid) ON DELETE CASCADE,
    node_group   TEXT        NOT NULL DEFAULT '',
    strategy     TEXT        NOT NULL DEFAULT '',
    decision     TEXT        NOT NULL DEFAULT '',
    generated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_scheduler_decisions_generated_at
    ON public.scheduler_decisions (generated_at DESC);

--changeset billing:001-ledger-columns
ALTER TABLE public.billing_ledger
    ADD COLUMN IF NOT EXISTS node_id      TEXT,
    ADD COLUMN IF NOT EXISTS line_code    TEXT,
    ADD COLUMN IF NOT EXISTS corrects     UUID,
    ADD COLUMN IF NOT EXISTS operation_id UUID;

--changeset billing:001-bucket-columns
ALTER TABLE public.traffic_minute_buckets
    ADD COLUMN IF NOT EXISTS included_bytes BIGINT  NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS charged_bytes  BIGINT  NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS amount         NUMERIC NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS revision       INTEGER NOT NULL DEFAULT 0;

--changeset billing:001-quota-state-columns
-- The exact state behind the shared columns, ours alone. In the same row since both are written with every charge:
-- one update instead of three.
ALTER TABLE public.account_quota_states
    ADD COLUMN IF NOT EXISTS opened_at         TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS exact_balance     NUMERIC,
    ADD COLUMN IF NOT EXISTS shown_remaining   BIGINT,
    ADD COLUMN IF NOT EXISTS shown_period      TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS rated_at          TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS arrears_reason    TEXT NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS suspend_reason    TEXT NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS quota_start       TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS quota_end         TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS quota_granted     BIGINT,
    ADD COLUMN IF NOT EXISTS quota_used        BIGINT,
    ADD COLUMN IF NOT EXISTS quota_charged     BIGINT,
    ADD COLUMN IF NOT EXISTS quota_included_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS quota_granted_at  TIMESTAMPTZ;
COMMENT ON COLUMN public.account_quota_states.opened_at IS 'billing-service: since when it keeps the account; null, it never did';
COMMENT ON COLUMN public.account_quota_states.exact_balance IS 'billing-service: sum of the account''s ledger rows, less those still in billing.foreign_entries';
COMMENT ON COLUMN public.account_quota_states.shown_remaining IS 'billing-service: remaining_included_quota as it left it; a difference is a grant by accounts';
COMMENT ON COLUMN public.account_quota_states.shown_period IS 'billing-service: period_start as it last saw it';
COMMENT ON COLUMN public.account_quota_states.rated_at IS 'billing-service: newest minute rated';
COMMENT ON COLUMN public.account_quota_states.quota_start IS 'billing-service: the newest quota period of traffic; older ones are in billing.past_quotas';
COMMENT ON COLUMN public.account_quota_states.quota_used IS 'billing-service: free units taken; quota_granted - quota_used remain';

--changeset billing:001-money-is-a-number splitStatements:false
-- A balance that is no number can't be taken over; better to stop here, before anything is changed, and name it.
DO $$
DECLARE
    found TEXT;
BEGIN
    SELECT string_agg(place, ', ' ORDER BY place)
      INTO found
      FROM (SELECT 'account_quota_states.current_balance of account ' || account_uuid AS place
              FROM public.account_quota_states
             WHERE current_balance::text IN ('NaN', 'Infinity', '-Infinity')
             UNION ALL
            SELECT 'billing_ledger row ' || id
              FROM public.billing_ledger
             WHERE amount_delta::text IN ('NaN', 'Infinity', '-Infinity')
                OR balance_after::text IN ('NaN', 'Infinity', '-Infinity')
             LIMIT 20) AS bad;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION 'money that is not a finite number: %', found
            USING ERRCODE = '22003', HINT = 'mend these rows, then migrate again';
    END IF;
END
$$;

--changeset billing:001-exact-money splitStatements:false
-- double precision -> numeric through text: the shortest decimal of each double, not its first 15 digits.
-- One statement a table, so that each is rewritten once.
DO $$
DECLARE
    t RECORD;
BEGIN
    PERFORM set_config('extra_float_digits', '1', true);
    FOR t IN
        SELECT table_name,
               string_agg(format('ALTER COLUMN %1$I DROP DEFAULT, '
                                 'ALTER COLUMN %1$I TYPE NUMERIC USING %1$I::text::numeric, '
                                 'ALTER COLUMN %1$I SET DEFAULT %2$s',
                                 column_name,
                                 CASE column_name WHEN 'multiplier' THEN '1.0' ELSE '0' END),
                          ', ' ORDER BY ordinal_position) AS changes
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND data_type = 'double precision'
           AND (table_name, column_name) IN (
               ('billing_ledger', 'amount_delta'),
               ('billing_ledger', 'balance_after'),
               ('account_quota_states', 'current_balance'),
               ('traffic_minute_buckets', 'multiplier'))
         GROUP BY table_name
    LOOP
        EXECUTE format('ALTER TABLE public.%I %s', t.table_name, t.changes);
    END LOOP;
END
$$;

--changeset billing:001-money-is-finite
ALTER TABLE public.billing_ledger
    ADD CONSTRAINT billing_ledger_money_finite
    CHECK (amount_delta > '-Infinity'::numeric AND amount_delta < 'Infinity'::numeric
           AND balance_after > '-Infinity'::numeric AND balance_after < 'Infinity'::numeric);
ALTER TABLE public.account_quota_states
    ADD CONSTRAINT account_quota_states_balance_finite
    CHECK (current_balance > '-Infinity'::numeric AND current_balance < 'Infinity'::numeric);

--changeset billing:001-state-tables-fillfactor
ALTER TABLE public.account_quota_states SET (fillfactor = 45);
ALTER TABLE public.traffic_stat_checkpoints SET (fillfactor = 45);

--changeset billing:001-ledger-is-append-only splitStatements:false
CREATE FUNCTION public.billing_ledger_refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'billing_ledger is append-only: row % of account % can''t be deleted, nor can a user who has ledger rows',
                        OLD.id, OLD.account_uuid
            USING ERRCODE = '55000', HINT = 'post a correcting row, or deactivate the user';
    END IF;
    RAISE EXCEPTION 'billing_ledger is append-only: % refused', TG_OP
        USING ERRCODE = '55000', HINT = 'post a correcting row';
END
$$;

--changeset billing:001-ledger-append-only-triggers
CREATE TRIGGER billing_ledger_append_only
    BEFORE UPDATE OR DELETE ON public.billing_ledger
    FOR EACH ROW EXECUTE FUNCTION public.billing_ledger_refuse_change();
CREATE TRIGGER billing_ledger_no_truncate
    BEFORE TRUNCATE ON public.billing_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION public.billing_ledger_refuse_change();
