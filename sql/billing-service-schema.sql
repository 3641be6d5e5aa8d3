-- The schema as the migrations leave it on an empty database: for reading, and for tools that want DDL.
-- Generated (make schema), checked by SchemaFileIT. A database is made by `db migrate`, not by this file, since
-- the migrations also adopt tables that exist, and the service asks for their record when it starts.

CREATE SCHEMA billing;

CREATE OR REPLACE FUNCTION public.billing_ledger_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'billing_ledger is append-only: row % of account % can''t be deleted, nor can a user who has ledger rows',
                        OLD.id, OLD.account_uuid
            USING ERRCODE = '55000', HINT = 'post a correcting row, or deactivate the user';
    END IF;
    RAISE EXCEPTION 'billing_ledger is append-only: % refused', TG_OP
        USING ERRCODE = '55000', HINT = 'post a correcting row';
END
$function$;

CREATE OR REPLACE FUNCTION billing.admin_changes_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'admin_changes is append-only: % refused', TG_OP USING ERRCODE = '55000';
END
$function$;

CREATE OR REPLACE FUNCTION billing.count_price_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE public.account_quota_states SET price_changes = price_changes + 1
         WHERE account_uuid = OLD.account_uuid;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE public.account_quota_states SET price_changes = price_changes + 1
         WHERE account_uuid = NEW.account_uuid;
    END IF;
    RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION billing.drop_archive_before(horizon timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
    part RECORD;
    dropped INTEGER := 0;
BEGIN
    IF EXISTS (SELECT 1 FROM billing.nodes
                WHERE head_at IS NOT NULL AND (archive_from IS NULL OR archive_from < horizon)) THEN
        RAISE EXCEPTION 'a node still needs its archive before %', horizon USING ERRCODE = '55000';
    END IF;
    FOR part IN
        SELECT c.relname
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'billing.snapshots'::regclass
           AND c.relname ~ '^snapshots_[0-9]{8}$'
           AND (to_date(substr(c.relname, 11), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' <= horizon
    LOOP
        EXECUTE format('DROP TABLE billing.%I', part.relname);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM billing.snapshots_default WHERE collected_at < horizon;
    RETURN dropped;
END
$function$;

CREATE OR REPLACE FUNCTION billing.note_foreign_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1651076204, hashtext(NEW.account_uuid::text) & 255);
    INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta)
    VALUES (NEW.account_uuid, NEW.id, NEW.amount_delta);
    RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION billing.prepare_archive_day(day date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
    partition_name TEXT := 'snapshots_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('billing.' || partition_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE billing.%I PARTITION OF billing.snapshots FOR VALUES FROM (%L) TO (%L)',
        partition_name,
        to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
    RETURN true;
EXCEPTION
    WHEN check_violation THEN
        RETURN false; 
    WHEN duplicate_table THEN
        RETURN false; 
END
$function$;

CREATE OR REPLACE FUNCTION billing.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP USING ERRCODE = '55000';
END
$function$;

CREATE TABLE public.account_billing_profiles (
    account_uuid uuid NOT NULL,
    package_name text NOT NULL DEFAULT 'default'::text,
    included_quota_bytes bigint NOT NULL DEFAULT 0,
    base_price_per_byte double precision NOT NULL DEFAULT 0,
    region_multiplier double precision NOT NULL DEFAULT 1.0,
    line_multiplier double precision NOT NULL DEFAULT 1.0,
    peak_multiplier double precision NOT NULL DEFAULT 1.0,
    offpeak_multiplier double precision NOT NULL DEFAULT 1.0,
    pricing_rule_version text NOT NULL DEFAULT 'pricing-default-v1'::text,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT account_billing_profiles_pkey PRIMARY KEY (account_uuid)
);

CREATE TABLE public.account_policy_snapshots (
    account_uuid uuid NOT NULL,
    policy_version text NOT NULL,
    auth_state text NOT NULL DEFAULT 'active'::text,
    rate_profile text NOT NULL DEFAULT 'standard'::text,
    conn_profile text NOT NULL DEFAULT 'standard'::text,
    eligible_node_groups jsonb NOT NULL DEFAULT '[]'::jsonb,
    preferred_strategy text NOT NULL DEFAULT 'ewma'::text,
    degrade_mode text NOT NULL DEFAULT 'deny'::text,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT account_policy_snapshots_pkey PRIMARY KEY (account_uuid)
);

CREATE TABLE public.account_quota_states (
    account_uuid uuid NOT NULL,
    remaining_included_quota bigint NOT NULL DEFAULT 0,
    current_balance numeric NOT NULL DEFAULT 0,
    arrears boolean NOT NULL DEFAULT false,
    arrears_since timestamp with time zone,
    throttle_state text NOT NULL DEFAULT 'normal'::text,
    suspend_state text NOT NULL DEFAULT 'active'::text,
    last_rated_bucket_at timestamp with time zone,
    effective_at timestamp with time zone NOT NULL DEFAULT now(),
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    period_start timestamp with time zone,
    period_end timestamp with time zone,
    proxy_access_state text NOT NULL DEFAULT 'active'::text,
    opened_at timestamp with time zone,
    exact_balance numeric,
    shown_remaining bigint,
    shown_period timestamp with time zone,
    rated_at timestamp with time zone,
    arrears_reason text NOT NULL DEFAULT ''::text,
    suspend_reason text NOT NULL DEFAULT ''::text,
    quota_start timestamp with time zone,
    quota_end timestamp with time zone,
    quota_granted bigint,
    quota_used bigint,
    quota_charged bigint,
    quota_included_at timestamp with time zone,
    quota_granted_at timestamp with time zone,
    price_changes integer NOT NULL DEFAULT 0,
    held numeric NOT NULL DEFAULT 0,
    open_holds integer NOT NULL DEFAULT 0,
    last_entry_at timestamp with time zone,
    CONSTRAINT account_quota_states_pkey PRIMARY KEY (account_uuid),
    CONSTRAINT account_quota_states_balance_finite CHECK (((current_balance > '-Infinity'::numeric) AND (current_balance < 'Infinity'::numeric))),
    CONSTRAINT account_quota_states_held_check CHECK (((held >= (0)::numeric) AND (held < 'Infinity'::numeric))),
    CONSTRAINT account_quota_states_open_holds_check CHECK ((open_holds >= 0))
) WITH (fillfactor=45);

CREATE TABLE public.billing_ledger (
    id uuid NOT NULL,
    account_uuid uuid NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    bucket_end timestamp with time zone NOT NULL,
    entry_type text NOT NULL,
    rated_bytes bigint NOT NULL DEFAULT 0,
    amount_delta numeric NOT NULL DEFAULT 0,
    balance_after numeric NOT NULL DEFAULT 0,
    pricing_rule_version text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    node_id text,
    line_code text,
    corrects uuid,
    operation_id uuid,
    sub_account uuid,
    meter text,
    units bigint,
    appended boolean,
    CONSTRAINT billing_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT billing_ledger_money_finite CHECK (((amount_delta > '-Infinity'::numeric) AND (amount_delta < 'Infinity'::numeric) AND (balance_after > '-Infinity'::numeric) AND (balance_after < 'Infinity'::numeric)))
);

CREATE TABLE public.billing_source_sync_state (
    source_id text NOT NULL,
    last_completed_until timestamp with time zone,
    last_attempted_at timestamp with time zone,
    last_succeeded_at timestamp with time zone,
    last_error text NOT NULL DEFAULT ''::text,
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    last_cursor text NOT NULL DEFAULT ''::text,
    CONSTRAINT billing_source_sync_state_pkey PRIMARY KEY (source_id)
);

CREATE TABLE public.node_health_snapshots (
    node_id text NOT NULL,
    region text NOT NULL DEFAULT ''::text,
    line_code text NOT NULL DEFAULT ''::text,
    pricing_group text NOT NULL DEFAULT ''::text,
    stats_enabled boolean NOT NULL DEFAULT false,
    xray_revision text NOT NULL DEFAULT ''::text,
    healthy boolean NOT NULL DEFAULT false,
    latency_ms integer NOT NULL DEFAULT 0,
    error_rate double precision NOT NULL DEFAULT 0,
    active_connections integer NOT NULL DEFAULT 0,
    health_score double precision NOT NULL DEFAULT 0,
    sampled_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT node_health_snapshots_pkey PRIMARY KEY (node_id)
);

CREATE TABLE public.scheduler_decisions (
    id uuid NOT NULL,
    account_uuid uuid,
    node_group text NOT NULL DEFAULT ''::text,
    strategy text NOT NULL DEFAULT ''::text,
    decision text NOT NULL DEFAULT ''::text,
    generated_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT scheduler_decisions_pkey PRIMARY KEY (id)
);

CREATE TABLE public.traffic_minute_buckets (
    bucket_start timestamp with time zone NOT NULL,
    node_id text NOT NULL,
    account_uuid uuid NOT NULL,
    region text NOT NULL DEFAULT ''::text,
    line_code text NOT NULL DEFAULT ''::text,
    uplink_bytes bigint NOT NULL DEFAULT 0,
    downlink_bytes bigint NOT NULL DEFAULT 0,
    total_bytes bigint NOT NULL DEFAULT 0,
    multiplier numeric NOT NULL DEFAULT 1.0,
    rating_status text NOT NULL DEFAULT 'pending'::text,
    source_revision text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    included_bytes bigint NOT NULL DEFAULT 0,
    charged_bytes bigint NOT NULL DEFAULT 0,
    amount numeric NOT NULL DEFAULT 0,
    revision integer NOT NULL DEFAULT 0,
    CONSTRAINT traffic_minute_buckets_pkey PRIMARY KEY (bucket_start, node_id, account_uuid, region, line_code)
);

CREATE TABLE public.traffic_stat_checkpoints (
    node_id text NOT NULL,
    account_uuid uuid NOT NULL,
    last_uplink_total bigint NOT NULL DEFAULT 0,
    last_downlink_total bigint NOT NULL DEFAULT 0,
    last_seen_at timestamp with time zone NOT NULL,
    xray_revision text NOT NULL DEFAULT ''::text,
    reset_epoch bigint NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT traffic_stat_checkpoints_pkey PRIMARY KEY (node_id, account_uuid)
) WITH (fillfactor=45);

CREATE TABLE public.users (
    uuid uuid NOT NULL,
    proxy_uuid uuid NOT NULL DEFAULT gen_random_uuid(),
    email text,
    active boolean NOT NULL DEFAULT true,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (uuid)
);

CREATE TABLE billing.accounts (
    account_id uuid NOT NULL,
    owner_uuid uuid NOT NULL,
    unit text NOT NULL,
    name text NOT NULL DEFAULT ''::text,
    metadata text NOT NULL DEFAULT '{}'::text,
    request_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    overdraft numeric NOT NULL DEFAULT 0,
    low_balance numeric,
    balance numeric NOT NULL DEFAULT 0,
    held numeric NOT NULL DEFAULT 0,
    open_holds integer NOT NULL DEFAULT 0,
    last_entry_at timestamp with time zone,
    CONSTRAINT accounts_pkey PRIMARY KEY (account_id),
    CONSTRAINT accounts_balance_check CHECK (((balance > '-Infinity'::numeric) AND (balance < 'Infinity'::numeric))),
    CONSTRAINT accounts_held_check CHECK (((held >= (0)::numeric) AND (held < 'Infinity'::numeric))),
    CONSTRAINT accounts_open_holds_check CHECK ((open_holds >= 0)),
    CONSTRAINT accounts_overdraft_check CHECK (((overdraft >= (0)::numeric) AND (overdraft < 'Infinity'::numeric)))
) WITH (fillfactor=50);

CREATE TABLE billing.admin_changes (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    ends bigint,
    phase text NOT NULL,
    at timestamp with time zone NOT NULL,
    caller text NOT NULL,
    operation text NOT NULL,
    reason text NOT NULL,
    request jsonb NOT NULL,
    result jsonb,
    CONSTRAINT admin_changes_pkey PRIMARY KEY (id),
    CONSTRAINT admin_changes_ends_key UNIQUE (ends),
    CONSTRAINT admin_changes_check CHECK (((phase = 'ended'::text) = (ends IS NOT NULL))),
    CONSTRAINT admin_changes_check1 CHECK (((phase = 'ended'::text) = (result IS NOT NULL))),
    CONSTRAINT admin_changes_phase_check CHECK ((phase = ANY (ARRAY['begun'::text, 'ended'::text])))
);

CREATE TABLE billing.audit_marks (
    node_key integer NOT NULL,
    verified_until timestamp with time zone NOT NULL,
    checked_until timestamp with time zone NOT NULL,
    findings integer NOT NULL DEFAULT 0,
    first_finding text NOT NULL DEFAULT ''::text,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_marks_pkey PRIMARY KEY (node_key)
);

CREATE TABLE billing.audit_state (
    one boolean NOT NULL DEFAULT true,
    checked_at timestamp with time zone NOT NULL,
    verified_until timestamp with time zone,
    accounts_after uuid NOT NULL,
    open_accounts uuid[] NOT NULL DEFAULT '{}'::uuid[],
    findings bigint NOT NULL DEFAULT 0,
    first_finding text NOT NULL DEFAULT ''::text,
    at_risk_minutes bigint NOT NULL DEFAULT 0,
    CONSTRAINT audit_state_pkey PRIMARY KEY (one)
);

CREATE TABLE billing.bookings (
    account_id uuid NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    ledger_id uuid NOT NULL,
    balance_after numeric,
    CONSTRAINT bookings_pkey PRIMARY KEY (account_id, booked_at, ledger_id)
);

CREATE TABLE billing.foreign_entries (
    account_uuid uuid NOT NULL,
    ledger_id uuid NOT NULL,
    amount_delta numeric NOT NULL,
    recorded_at timestamp with time zone NOT NULL DEFAULT now(),
    shown boolean NOT NULL DEFAULT true,
    CONSTRAINT foreign_entries_pkey PRIMARY KEY (account_uuid, ledger_id)
);

CREATE TABLE billing.holds (
    hold_id uuid NOT NULL,
    account_id uuid NOT NULL,
    meter text,
    period_start timestamp with time zone,
    unit_price numeric,
    free_units bigint NOT NULL DEFAULT 0,
    paid_units bigint NOT NULL DEFAULT 0,
    amount numeric NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT holds_pkey PRIMARY KEY (hold_id),
    CONSTRAINT holds_amount_check CHECK (((amount >= (0)::numeric) AND (amount < 'Infinity'::numeric))),
    CONSTRAINT holds_check CHECK (((state = 'active'::text) = (ended_at IS NULL))),
    CONSTRAINT holds_free_units_check CHECK ((free_units >= 0)),
    CONSTRAINT holds_paid_units_check CHECK ((paid_units >= 0)),
    CONSTRAINT holds_state_check CHECK ((state = ANY (ARRAY['active'::text, 'committed'::text, 'voided'::text, 'expired'::text])))
) WITH (fillfactor=70);

CREATE TABLE billing.job_runs (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    job text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    status text NOT NULL,
    error text NOT NULL DEFAULT ''::text,
    processed_samples bigint NOT NULL DEFAULT 0,
    written_minutes bigint NOT NULL DEFAULT 0,
    replayed_minutes bigint NOT NULL DEFAULT 0,
    instance text NOT NULL,
    CONSTRAINT job_runs_pkey PRIMARY KEY (id)
);

CREATE TABLE billing.month_ahead (
    one boolean NOT NULL DEFAULT true,
    ran_at timestamp with time zone NOT NULL,
    CONSTRAINT month_ahead_pkey PRIMARY KEY (one),
    CONSTRAINT month_ahead_one_check CHECK (one)
);

CREATE TABLE billing.node_states (
    node_key integer NOT NULL,
    at timestamp with time zone NOT NULL,
    first_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    uplink bigint[] NOT NULL,
    downlink bigint[] NOT NULL,
    uplink_since bigint[] NOT NULL,
    downlink_since bigint[] NOT NULL,
    seen_at bigint[] NOT NULL,
    restarts integer[] NOT NULL,
    aside integer[] NOT NULL,
    aside_uplink bigint[] NOT NULL,
    aside_downlink bigint[] NOT NULL,
    CONSTRAINT node_states_pkey PRIMARY KEY (node_key, at)
);

CREATE TABLE billing.node_takeovers (
    composed text NOT NULL,
    billing_from timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT node_takeovers_pkey PRIMARY KEY (composed)
);

CREATE TABLE billing.nodes (
    node_key integer NOT NULL GENERATED ALWAYS AS IDENTITY,
    env text NOT NULL,
    node text NOT NULL,
    composed text NOT NULL,
    region text NOT NULL,
    count_first boolean NOT NULL,
    billing_from timestamp with time zone NOT NULL,
    first_at timestamp with time zone,
    head_at timestamp with time zone,
    started_at timestamp with time zone,
    last_bucket_at timestamp with time zone,
    archive_from timestamp with time zone,
    uplink bigint[] NOT NULL DEFAULT '{}'::bigint[],
    downlink bigint[] NOT NULL DEFAULT '{}'::bigint[],
    uplink_since bigint[] NOT NULL DEFAULT '{}'::bigint[],
    downlink_since bigint[] NOT NULL DEFAULT '{}'::bigint[],
    seen_at bigint[] NOT NULL DEFAULT '{}'::bigint[],
    restarts integer[] NOT NULL DEFAULT '{}'::integer[],
    aside integer[] NOT NULL DEFAULT '{}'::integer[],
    aside_uplink bigint[] NOT NULL DEFAULT '{}'::bigint[],
    aside_downlink bigint[] NOT NULL DEFAULT '{}'::bigint[],
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT nodes_pkey PRIMARY KEY (node_key),
    CONSTRAINT nodes_composed_key UNIQUE (composed),
    CONSTRAINT nodes_env_node_key UNIQUE (env, node)
) WITH (fillfactor=50);

CREATE TABLE billing.notice_deliveries (
    account_uuid uuid NOT NULL,
    target text NOT NULL,
    seq bigint NOT NULL,
    state text NOT NULL DEFAULT 'waiting'::text,
    attempts integer NOT NULL DEFAULT 0,
    since timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    next_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    claim uuid,
    error text NOT NULL DEFAULT ''::text,
    ended_at timestamp with time zone,
    CONSTRAINT notice_deliveries_pkey PRIMARY KEY (account_uuid, target, seq),
    CONSTRAINT notice_deliveries_check CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT notice_deliveries_check1 CHECK (((state = 'waiting'::text) OR (claim IS NULL))),
    CONSTRAINT notice_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'dead'::text])))
);

CREATE TABLE billing.notices (
    account_uuid uuid NOT NULL,
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT notices_pkey PRIMARY KEY (account_uuid, seq),
    CONSTRAINT notices_kind_check CHECK ((kind = ANY (ARRAY['balance_low'::text, 'quota_low'::text, 'unusual_rate'::text])))
);

CREATE TABLE billing.operations (
    request_id uuid NOT NULL,
    account_id uuid,
    status text NOT NULL,
    reason text NOT NULL DEFAULT ''::text,
    reverses uuid,
    answer text NOT NULL,
    applied_at timestamp with time zone NOT NULL,
    CONSTRAINT operations_pkey PRIMARY KEY (request_id),
    CONSTRAINT operations_status_check CHECK ((status = ANY (ARRAY['applied'::text, 'rejected'::text])))
) WITH (fillfactor=100);

CREATE TABLE billing.past_quotas (
    account_uuid uuid NOT NULL,
    meter text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    granted bigint NOT NULL,
    used bigint NOT NULL DEFAULT 0,
    charged bigint NOT NULL DEFAULT 0,
    last_included_at timestamp with time zone,
    last_granted_at timestamp with time zone NOT NULL,
    held bigint NOT NULL DEFAULT 0,
    CONSTRAINT past_quotas_pkey PRIMARY KEY (account_uuid, meter, period_start),
    CONSTRAINT past_quotas_check CHECK ((period_start < period_end)),
    CONSTRAINT past_quotas_held_check CHECK ((held >= 0))
) WITH (fillfactor=45);

CREATE TABLE billing.price_versions (
    account_uuid uuid NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    price_per_byte numeric NOT NULL,
    region_multiplier numeric NOT NULL,
    line_multiplier numeric NOT NULL,
    peak_multiplier numeric NOT NULL,
    offpeak_multiplier numeric NOT NULL,
    included_quota_bytes bigint NOT NULL,
    unlimited boolean NOT NULL,
    rule_version text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT price_versions_pkey PRIMARY KEY (account_uuid, effective_from)
);

CREATE TABLE billing.quota_grants (
    account_uuid uuid NOT NULL,
    meter text NOT NULL,
    period_start timestamp with time zone NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    amount bigint NOT NULL,
    origin text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT quota_grants_pkey PRIMARY KEY (account_uuid, meter, period_start, effective_at, origin)
);

CREATE TABLE billing.recharge_events (
    event_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    origin text NOT NULL,
    caller text NOT NULL,
    said text NOT NULL,
    payment_id text NOT NULL,
    amount numeric,
    currency text NOT NULL,
    effect text NOT NULL,
    problem text NOT NULL,
    state text NOT NULL,
    body text NOT NULL,
    CONSTRAINT recharge_events_pkey PRIMARY KEY (event_id)
);

CREATE TABLE billing.recharge_orders (
    order_id uuid NOT NULL,
    account_id uuid NOT NULL,
    caller text NOT NULL,
    amount numeric NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    method text NOT NULL,
    subject text NOT NULL,
    return_url text NOT NULL,
    client_ip text NOT NULL,
    state text NOT NULL,
    payment_id text,
    pay_url text NOT NULL DEFAULT ''::text,
    pay_code text NOT NULL DEFAULT ''::text,
    pay_params text NOT NULL DEFAULT ''::text,
    trouble text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    next_look_at timestamp with time zone,
    looks integer NOT NULL DEFAULT 0,
    repeats bigint NOT NULL DEFAULT 0,
    credit_entry uuid,
    refund_entry uuid,
    CONSTRAINT recharge_orders_pkey PRIMARY KEY (order_id),
    CONSTRAINT recharge_orders_amount_check CHECK (((amount > (0)::numeric) AND (amount < 'Infinity'::numeric))),
    CONSTRAINT recharge_orders_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT recharge_orders_check CHECK (((state = ANY (ARRAY['success'::text, 'refunded'::text])) = (credit_entry IS NOT NULL))),
    CONSTRAINT recharge_orders_check1 CHECK (((state = 'refunded'::text) = (refund_entry IS NOT NULL))),
    CONSTRAINT recharge_orders_payment_id_check CHECK ((payment_id <> ''::text)),
    CONSTRAINT recharge_orders_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'closed'::text, 'failed'::text, 'success'::text, 'refunded'::text])))
);

CREATE TABLE billing.refusals (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    caller text NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    idempotency_key text NOT NULL DEFAULT ''::text,
    reason text NOT NULL,
    body text NOT NULL DEFAULT ''::text,
    CONSTRAINT refusals_pkey PRIMARY KEY (id)
);

CREATE TABLE billing.repair_mark (
    one boolean NOT NULL DEFAULT true,
    until timestamp with time zone NOT NULL,
    CONSTRAINT repair_mark_pkey PRIMARY KEY (one),
    CONSTRAINT repair_mark_one_check CHECK (one)
);

CREATE TABLE billing.requests (
    request_id uuid NOT NULL,
    caller text NOT NULL,
    idempotency_key text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    digest uuid NOT NULL,
    command text NOT NULL,
    body text NOT NULL,
    CONSTRAINT requests_pkey PRIMARY KEY (request_id)
) WITH (fillfactor=100);

CREATE TABLE billing.resolutions (
    node_key integer NOT NULL,
    ordinal integer NOT NULL,
    collected_at timestamp with time zone NOT NULL,
    decision text NOT NULL,
    decided_by text NOT NULL,
    reason text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT resolutions_pkey PRIMARY KEY (node_key, ordinal, collected_at),
    CONSTRAINT resolutions_decision_check CHECK ((decision = ANY (ARRAY['ACCEPT'::text, 'RESTART'::text, 'BASELINE'::text])))
);

CREATE TABLE billing.restarts (
    node_key integer NOT NULL,
    at timestamp with time zone NOT NULL,
    blind_from timestamp with time zone NOT NULL,
    by_epoch boolean NOT NULL,
    series_count integer NOT NULL,
    hidden_bytes bigint NOT NULL,
    CONSTRAINT restarts_pkey PRIMARY KEY (node_key, at)
);

CREATE TABLE billing.series (
    node_key integer NOT NULL,
    ordinal integer NOT NULL,
    identifier uuid NOT NULL,
    inbound_tag text NOT NULL,
    account_uuid uuid,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT series_pkey PRIMARY KEY (node_key, ordinal),
    CONSTRAINT series_node_key_identifier_inbound_tag_key UNIQUE (node_key, identifier, inbound_tag)
);

CREATE TABLE billing.service_prices (
    service text NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    price numeric NOT NULL,
    free_units bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT service_prices_pkey PRIMARY KEY (service, effective_from),
    CONSTRAINT service_prices_free_units_check CHECK ((free_units >= 0)),
    CONSTRAINT service_prices_price_check CHECK (((price >= (0)::numeric) AND (price < 'Infinity'::numeric)))
);

CREATE TABLE billing.set_asides (
    node_key integer NOT NULL,
    collected_at timestamp with time zone NOT NULL,
    identifier text NOT NULL,
    inbound_tag text NOT NULL,
    reason text NOT NULL,
    uplink text NOT NULL,
    downlink text NOT NULL,
    held_bytes bigint NOT NULL DEFAULT 0,
    CONSTRAINT set_asides_pkey PRIMARY KEY (node_key, collected_at, identifier, inbound_tag, reason)
);

CREATE TABLE billing.snapshot_conflicts (
    node_key integer NOT NULL,
    collected_at timestamp with time zone NOT NULL,
    digest_before bytea NOT NULL,
    digest_sent bytea NOT NULL,
    digest_after bytea NOT NULL,
    source_id text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT snapshot_conflicts_pkey PRIMARY KEY (node_key, collected_at, digest_before, digest_sent)
);

CREATE TABLE billing.snapshots (
    node_key integer NOT NULL,
    collected_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    max_bytes_per_second bigint NOT NULL,
    ordinals integer[] NOT NULL,
    uplink bigint[] NOT NULL,
    downlink bigint[] NOT NULL,
    digest bytea NOT NULL,
    source_id text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (node_key, collected_at)
) PARTITION BY RANGE (collected_at);

CREATE TABLE billing.snapshots_default PARTITION OF billing.snapshots DEFAULT;

CREATE TABLE billing.source_leases (
    source_id text NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT source_leases_pkey PRIMARY KEY (source_id)
);

CREATE TABLE billing.sources (
    source_id text NOT NULL,
    definition jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT sources_pkey PRIMARY KEY (source_id),
    CONSTRAINT sources_check CHECK (((definition ->> 'source_id'::text) = source_id))
);

CREATE TABLE billing.takeovers (
    source_id text NOT NULL,
    billing_from timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT takeovers_pkey PRIMARY KEY (source_id)
);

CREATE TABLE billing.turnover (
    account_id uuid NOT NULL,
    quarter timestamp with time zone NOT NULL,
    kind text NOT NULL,
    meter text NOT NULL,
    caller text NOT NULL,
    entries bigint NOT NULL,
    units bigint NOT NULL,
    credit numeric NOT NULL,
    debit numeric NOT NULL,
    CONSTRAINT turnover_pkey PRIMARY KEY (account_id, quarter, kind, meter, caller)
) WITH (fillfactor=70);

CREATE TABLE billing.unattributed_usage (
    node_key integer NOT NULL,
    ordinal integer NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    uplink_bytes bigint NOT NULL,
    downlink_bytes bigint NOT NULL,
    CONSTRAINT unattributed_usage_pkey PRIMARY KEY (node_key, ordinal, bucket_start)
);

ALTER TABLE public.account_billing_profiles ADD CONSTRAINT account_billing_profiles_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.account_policy_snapshots ADD CONSTRAINT account_policy_snapshots_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.account_quota_states ADD CONSTRAINT account_quota_states_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.billing_ledger ADD CONSTRAINT billing_ledger_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.scheduler_decisions ADD CONSTRAINT scheduler_decisions_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.traffic_minute_buckets ADD CONSTRAINT traffic_minute_buckets_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE public.traffic_stat_checkpoints ADD CONSTRAINT traffic_stat_checkpoints_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE CASCADE;
ALTER TABLE billing.accounts ADD CONSTRAINT accounts_owner_uuid_fkey FOREIGN KEY (owner_uuid) REFERENCES public.users(uuid);
ALTER TABLE billing.accounts ADD CONSTRAINT accounts_request_id_fkey FOREIGN KEY (request_id) REFERENCES billing.requests(request_id);
ALTER TABLE billing.admin_changes ADD CONSTRAINT admin_changes_ends_fkey FOREIGN KEY (ends) REFERENCES billing.admin_changes(id);
ALTER TABLE billing.holds ADD CONSTRAINT holds_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES billing.requests(request_id);
ALTER TABLE billing.holds ADD CONSTRAINT holds_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES billing.requests(request_id);
ALTER TABLE billing.node_states ADD CONSTRAINT node_states_node_key_fkey FOREIGN KEY (node_key) REFERENCES billing.nodes(node_key);
ALTER TABLE billing.notice_deliveries ADD CONSTRAINT notice_deliveries_account_uuid_seq_fkey FOREIGN KEY (account_uuid, seq) REFERENCES billing.notices(account_uuid, seq);
ALTER TABLE billing.operations ADD CONSTRAINT operations_request_id_fkey FOREIGN KEY (request_id) REFERENCES billing.requests(request_id);
ALTER TABLE billing.operations ADD CONSTRAINT operations_reverses_fkey FOREIGN KEY (reverses) REFERENCES billing.operations(request_id);
ALTER TABLE billing.recharge_events ADD CONSTRAINT recharge_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES billing.recharge_orders(order_id);
ALTER TABLE billing.series ADD CONSTRAINT series_account_uuid_fkey FOREIGN KEY (account_uuid) REFERENCES public.users(uuid) ON DELETE SET NULL;
ALTER TABLE billing.series ADD CONSTRAINT series_node_key_fkey FOREIGN KEY (node_key) REFERENCES billing.nodes(node_key);

CREATE INDEX idx_billing_ledger_account_created ON public.billing_ledger USING btree (account_uuid, created_at DESC);
CREATE INDEX idx_billing_ledger_bucket_start ON public.billing_ledger USING brin (bucket_start) WITH (autosummarize='on');
CREATE INDEX idx_billing_ledger_operation ON public.billing_ledger USING btree (operation_id) WHERE (operation_id IS NOT NULL);
CREATE INDEX idx_billing_ledger_sub_account ON public.billing_ledger USING btree (sub_account, created_at DESC) WHERE (sub_account IS NOT NULL);
CREATE INDEX idx_node_health_snapshots_sampled_at ON public.node_health_snapshots USING btree (sampled_at DESC);
CREATE INDEX idx_scheduler_decisions_generated_at ON public.scheduler_decisions USING btree (generated_at DESC);
CREATE INDEX idx_traffic_minute_buckets_account_bucket ON public.traffic_minute_buckets USING btree (account_uuid, bucket_start DESC);
CREATE INDEX accounts_owner ON billing.accounts USING btree (owner_uuid);
CREATE INDEX admin_changes_at ON billing.admin_changes USING btree (at);
CREATE INDEX holds_active ON billing.holds USING btree (account_id, expires_at) WHERE (state = 'active'::text);
CREATE INDEX holds_expiring ON billing.holds USING btree (expires_at) WHERE (state = 'active'::text);
CREATE INDEX job_runs_started ON billing.job_runs USING btree (started_at DESC);
CREATE INDEX job_runs_unfinished ON billing.job_runs USING btree (instance) WHERE (finished_at IS NULL);
CREATE INDEX notice_deliveries_dead ON billing.notice_deliveries USING btree (target, ended_at) WHERE (state = 'dead'::text);
CREATE INDEX notice_deliveries_delivered ON billing.notice_deliveries USING btree (ended_at) WHERE (state = 'delivered'::text);
CREATE INDEX notice_deliveries_due ON billing.notice_deliveries USING btree (target, next_at) WHERE (state = 'waiting'::text);
CREATE INDEX notices_created_at ON billing.notices USING brin (created_at) WITH (autosummarize='on');
CREATE UNIQUE INDEX operations_reverses ON billing.operations USING btree (reverses) WHERE (reverses IS NOT NULL);
CREATE INDEX recharge_events_order ON billing.recharge_events USING btree (order_id, event_id);
CREATE INDEX recharge_orders_account ON billing.recharge_orders USING btree (account_id, created_at DESC);
CREATE INDEX recharge_orders_due ON billing.recharge_orders USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);
CREATE UNIQUE INDEX recharge_orders_payment ON billing.recharge_orders USING btree (payment_id) WHERE (payment_id IS NOT NULL);
CREATE INDEX requests_stored_at ON billing.requests USING btree (stored_at);
CREATE INDEX series_account ON billing.series USING btree (account_uuid);
CREATE INDEX series_unattributed ON billing.series USING btree (identifier) WHERE (account_uuid IS NULL);

CREATE VIEW billing.account_states AS
 SELECT account_uuid,
    exact_balance AS balance,
    shown_remaining,
    shown_period,
    rated_at AS last_rated_at,
    arrears_reason,
    suspend_reason,
    opened_at
   FROM public.account_quota_states
  WHERE (opened_at IS NOT NULL);

CREATE VIEW billing.identities AS
 SELECT uuid AS account_uuid,
    proxy_uuid
   FROM public.users;

CREATE VIEW billing.operation_entries AS
 SELECT r.request_id,
    r.caller,
    r.idempotency_key,
    r.kind,
    r.source,
    r.received_at,
    r.body,
    o.status,
    o.reason,
    o.reverses,
    o.applied_at,
    l.id AS ledger_id,
    l.account_uuid,
    l.sub_account,
    l.entry_type,
    l.amount_delta,
    l.meter,
    l.units
   FROM ((billing.requests r
     LEFT JOIN billing.operations o ON ((o.request_id = r.request_id)))
     LEFT JOIN public.billing_ledger l ON ((l.operation_id = r.request_id)));

CREATE VIEW billing.quotas AS
 SELECT past_quotas.account_uuid,
    past_quotas.meter,
    past_quotas.period_start,
    past_quotas.period_end,
    past_quotas.granted,
    past_quotas.used,
    past_quotas.charged,
    past_quotas.last_included_at,
    past_quotas.last_granted_at
   FROM billing.past_quotas
UNION ALL
 SELECT account_quota_states.account_uuid,
    'traffic'::text AS meter,
    account_quota_states.quota_start AS period_start,
    account_quota_states.quota_end AS period_end,
    account_quota_states.quota_granted AS granted,
    account_quota_states.quota_used AS used,
    account_quota_states.quota_charged AS charged,
    account_quota_states.quota_included_at AS last_included_at,
    account_quota_states.quota_granted_at AS last_granted_at
   FROM public.account_quota_states
  WHERE (account_quota_states.quota_start IS NOT NULL);

CREATE TRIGGER billing_ledger_append_only BEFORE DELETE OR UPDATE ON public.billing_ledger FOR EACH ROW EXECUTE FUNCTION public.billing_ledger_refuse_change();
CREATE TRIGGER billing_ledger_no_truncate BEFORE TRUNCATE ON public.billing_ledger FOR EACH STATEMENT EXECUTE FUNCTION public.billing_ledger_refuse_change();
CREATE TRIGGER billing_ledger_note_foreign AFTER INSERT ON public.billing_ledger FOR EACH ROW WHEN (((new.node_id IS NULL) AND (new.operation_id IS NULL) AND (new.entry_type <> 'opening_balance'::text))) EXECUTE FUNCTION billing.note_foreign_entry();
CREATE TRIGGER admin_changes_append_only BEFORE DELETE OR UPDATE ON billing.admin_changes FOR EACH ROW EXECUTE FUNCTION billing.admin_changes_refuse_change();
CREATE TRIGGER admin_changes_no_truncate BEFORE TRUNCATE ON billing.admin_changes FOR EACH STATEMENT EXECUTE FUNCTION billing.admin_changes_refuse_change();
CREATE TRIGGER operations_append_only BEFORE DELETE OR UPDATE ON billing.operations FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER operations_no_truncate BEFORE TRUNCATE ON billing.operations FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER price_versions_count_changes AFTER INSERT OR DELETE OR UPDATE ON billing.price_versions FOR EACH ROW EXECUTE FUNCTION billing.count_price_change();
CREATE TRIGGER recharge_events_append_only BEFORE DELETE OR UPDATE ON billing.recharge_events FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER recharge_events_no_truncate BEFORE TRUNCATE ON billing.recharge_events FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER refusals_append_only BEFORE DELETE OR UPDATE ON billing.refusals FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER refusals_no_truncate BEFORE TRUNCATE ON billing.refusals FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER requests_append_only BEFORE DELETE OR UPDATE ON billing.requests FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER requests_no_truncate BEFORE TRUNCATE ON billing.requests FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER service_prices_append_only BEFORE DELETE OR UPDATE ON billing.service_prices FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER service_prices_no_truncate BEFORE TRUNCATE ON billing.service_prices FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

REVOKE EXECUTE ON FUNCTION billing.drop_archive_before(timestamp with time zone) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION billing.prepare_archive_day(date) FROM PUBLIC;

COMMENT ON COLUMN public.account_quota_states.opened_at IS 'billing-service: since when it keeps the account; null, it never did';
COMMENT ON COLUMN public.account_quota_states.exact_balance IS 'billing-service: sum of the account''s ledger rows, less those still in billing.foreign_entries';
COMMENT ON COLUMN public.account_quota_states.shown_remaining IS 'billing-service: remaining_included_quota as it left it; a difference is a grant by accounts';
COMMENT ON COLUMN public.account_quota_states.shown_period IS 'billing-service: period_start as it last saw it';
COMMENT ON COLUMN public.account_quota_states.rated_at IS 'billing-service: newest minute rated';
COMMENT ON COLUMN public.account_quota_states.quota_start IS 'billing-service: the newest quota period of traffic; older ones are in billing.past_quotas';
COMMENT ON COLUMN public.account_quota_states.quota_used IS 'billing-service: free units taken; quota_granted - quota_used remain';
COMMENT ON COLUMN public.account_quota_states.price_changes IS 'billing-service: how often the account''s price versions changed: who locked the row and knows them as of this number knows them';
COMMENT ON COLUMN public.account_quota_states.held IS 'billing-service: sum of the active holds, not part of what may be spent';
COMMENT ON COLUMN public.account_quota_states.open_holds IS 'billing-service: how many holds are active, those of free units too';
COMMENT ON COLUMN public.account_quota_states.last_entry_at IS 'billing-service: place of the account''s newest entry in its history';
COMMENT ON COLUMN public.billing_ledger.sub_account IS 'billing-service: the further account (billing.accounts) of account_uuid that the row belongs to; null, the main account';
COMMENT ON COLUMN public.billing_ledger.meter IS 'billing-service: the service whose calls were used';
COMMENT ON COLUMN public.billing_ledger.units IS 'billing-service: how many calls';
COMMENT ON COLUMN public.billing_ledger.appended IS 'billing-service: posted without the account''s lock; balance_after is what was known, the exact one is in billing.bookings';
COMMENT ON TABLE billing.accounts IS 'Accounts that were set up. One whose id is its owner''s is the user''s main account, whose balance lies in public.account_quota_states; any other is a further account of that user, perhaps in another unit.';
COMMENT ON COLUMN billing.accounts.overdraft IS 'how far below zero a guarded operation may take it';
COMMENT ON COLUMN billing.accounts.low_balance IS 'below which a notice is sent; null, the configured one';
COMMENT ON COLUMN billing.accounts.balance IS 'of a further account: sum of its ledger rows, less those still in billing.foreign_entries';
COMMENT ON TABLE billing.admin_changes IS 'Who changed what, why and with which result; append-only. A change without a row that ends it runs, or was cut short.';
COMMENT ON COLUMN billing.admin_changes.ends IS 'the row with which the change began';
COMMENT ON COLUMN billing.admin_changes.caller IS 'name of the token';
COMMENT ON COLUMN billing.audit_marks.verified_until IS 'every minute before it is proven complete and right';
COMMENT ON COLUMN billing.audit_marks.checked_until IS 'every minute before it was looked at; what was found since verified_until is looked at again';
COMMENT ON COLUMN billing.audit_state.open_accounts IS 'accounts in which something was found; they are looked at again each time';
COMMENT ON TABLE billing.bookings IS 'Where entries that were posted without the account''s lock stand in its history, and the balance after each.';
COMMENT ON COLUMN billing.bookings.balance_after IS 'null where it was taken in before this table was made';
COMMENT ON COLUMN billing.foreign_entries.shown IS 'whether current_balance holds it already, as accounts sees to for its own entries';
COMMENT ON TABLE billing.holds IS 'What is reserved: money, free units of a service, or both. The hold''s id is that of the request that made it.';
COMMENT ON COLUMN billing.holds.ended_by IS 'the request that committed or voided it; null where it expired';
COMMENT ON COLUMN billing.job_runs.status IS 'running, ok, partial, error, or abandoned: its process ended in mid-run';
COMMENT ON TABLE billing.month_ahead IS 'When the quota rows of the month to come were prepared last.';
COMMENT ON COLUMN billing.nodes.archive_from IS 'the archive was pruned: nothing before this instant can be corrected';
COMMENT ON COLUMN billing.nodes.uplink IS 'counters as last seen, set aside or not';
COMMENT ON COLUMN billing.nodes.uplink_since IS 'since when the counter holds its value';
COMMENT ON COLUMN billing.nodes.seen_at IS 'when the series was last present, set aside or not';
COMMENT ON COLUMN billing.nodes.aside IS 'ordinals of series whose newest sample was set aside; aside_uplink and aside_downlink run in parallel: the counters accepted last';
COMMENT ON TABLE billing.notice_deliveries IS 'Outbox: a notice on its way to one target. An account''s notices reach a target in the order of seq.';
COMMENT ON COLUMN billing.notice_deliveries.since IS 'when it began to wait; anew with a replay';
COMMENT ON COLUMN billing.notice_deliveries.next_at IS 'when it is tried next; while claimed, when the claim is over';
COMMENT ON COLUMN billing.notice_deliveries.claim IS 'who sends it now; whoever lost its claim writes nothing';
COMMENT ON TABLE billing.notices IS 'Outbox: what other systems are told of accounts. A notice goes some time after its last delivery did.';
COMMENT ON COLUMN billing.notices.id IS 'by which receivers know a repeated delivery';
COMMENT ON COLUMN billing.notices.data IS 'amounts as text, no personal data';
COMMENT ON VIEW billing.operation_entries IS 'Every request with what became of it: a row for each ledger row it made, one without if it made none.';
COMMENT ON TABLE billing.operations IS 'What became of each request; append-only. Its ledger rows carry its id.';
COMMENT ON COLUMN billing.operations.reason IS 'why it was rejected';
COMMENT ON COLUMN billing.operations.answer IS 'the answer, given again to whoever repeats the request';
COMMENT ON COLUMN billing.past_quotas.used IS 'free units taken; granted - used remain';
COMMENT ON COLUMN billing.past_quotas.charged IS 'units of the period that were charged';
COMMENT ON COLUMN billing.past_quotas.held IS 'free units that holds keep';
COMMENT ON VIEW billing.quotas IS 'every quota period of every account';
COMMENT ON TABLE billing.recharge_events IS 'Who said what of an order when, and what came of it; append-only.';
COMMENT ON COLUMN billing.recharge_events.state IS 'of the order after it';
COMMENT ON TABLE billing.recharge_orders IS 'What somebody is to pay, and how it stands.';
COMMENT ON COLUMN billing.recharge_orders.payment_id IS 'as the payment service told it, null before; a payment pays one order, so the key spans accounts';
COMMENT ON COLUMN billing.recharge_orders.trouble IS 'why there is no payment yet';
COMMENT ON COLUMN billing.recharge_orders.next_look_at IS 'when the payment service is asked next; null, never again';
COMMENT ON COLUMN billing.recharge_orders.repeats IS 'how often something was said that had been said before';
COMMENT ON COLUMN billing.recharge_orders.credit_entry IS 'row of public.billing_ledger';
COMMENT ON COLUMN billing.recharge_orders.refund_entry IS 'row of public.billing_ledger that takes the credit back';
COMMENT ON TABLE billing.refusals IS 'Calls that were never accepted: not understood, not allowed, or another request under a key that is taken; append-only.';
COMMENT ON TABLE billing.repair_mark IS 'Every request stored before this instant has its operation.';
COMMENT ON TABLE billing.requests IS 'Accepted requests, stored verbatim before they are applied; append-only, kept as long as their operations.';
COMMENT ON COLUMN billing.requests.request_id IS 'hashed from caller and idempotency key; also the id of the operation';
COMMENT ON COLUMN billing.requests.caller IS 'name of the token';
COMMENT ON COLUMN billing.requests.source IS 'how and from where it came';
COMMENT ON COLUMN billing.requests.received_at IS 'by the clock of who took it: prices and months are those of this instant';
COMMENT ON COLUMN billing.requests.digest IS 'of the command: another one under the same key is refused';
COMMENT ON COLUMN billing.requests.command IS 'what was understood; a request that a crash left unapplied is applied from it';
COMMENT ON COLUMN billing.restarts.hidden_bytes IS 'the most bytes that series which did not fall can have lost, if they restarted too';
COMMENT ON TABLE billing.service_prices IS 'What a call of a service costs, and how many a month are free, from when on; append-only.';
COMMENT ON COLUMN billing.set_asides.held_bytes IS 'bytes that would have counted, cumulative within an episode of one series';
COMMENT ON TABLE billing.snapshots IS 'The snapshot archive, a partition a day; days nobody prepared lie in the default partition.';
COMMENT ON COLUMN billing.snapshots.max_bytes_per_second IS 'the guard it came with; the widest, if it came more than once';
COMMENT ON TABLE billing.source_leases IS 'Who works on a source; fence grows with every change of holder, a late writer with an old one writes nothing.';
COMMENT ON TABLE billing.sources IS 'Sources added at run time, by the keys of the settings; references to credentials, never a secret. What config.yml or the environment names wins.';
COMMENT ON TABLE billing.turnover IS 'Sums of the entries of operations by quarter of an hour of their place in the history, so that a day of any zone is a sum of whole rows.';
