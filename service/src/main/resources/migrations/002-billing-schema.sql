--liquibase formatted sql

-- What only this service needs: evidence, state and the exact values behind the shared tables.

--changeset billing:002-schema
CREATE SCHEMA IF NOT EXISTS billing;

--changeset billing:002-sources
CREATE TABLE billing.source_leases (
    source_id  TEXT        PRIMARY KEY,
    holder     TEXT        NOT NULL,
    fence      BIGINT      NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE billing.source_leases IS 'Who works on a source; fence grows with every change of holder, a late writer with an old one writes nothing.';

-- Where an earlier writer stopped; nothing up to that instant is billed again.
CREATE TABLE billing.takeovers (
    source_id    TEXT        PRIMARY KEY,
    billing_from TIMESTAMPTZ NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- The same for each node: the newest snapshot an earlier writer billed, which a failed page leaves ahead of its source.
CREATE TABLE billing.node_takeovers (
    composed     TEXT        PRIMARY KEY,
    billing_from TIMESTAMPTZ NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE billing.job_runs (
    id                BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job               TEXT        NOT NULL,
    started_at        TIMESTAMPTZ NOT NULL,
    finished_at       TIMESTAMPTZ,
    status            TEXT        NOT NULL,
    error             TEXT        NOT NULL DEFAULT '',
    processed_samples BIGINT      NOT NULL DEFAULT 0,
    written_minutes   BIGINT      NOT NULL DEFAULT 0,
    replayed_minutes  BIGINT      NOT NULL DEFAULT 0,
    instance          TEXT        NOT NULL
);
CREATE INDEX job_runs_started ON billing.job_runs (started_at DESC);
CREATE INDEX job_runs_unfinished ON billing.job_runs (instance) WHERE finished_at IS NULL;
COMMENT ON COLUMN billing.job_runs.status IS 'running, ok, partial, error, or abandoned: its process ended in mid-run';

--changeset billing:002-nodes
-- One row a node: its newest counters, one array element a series (index = billing.series.ordinal + 1).
-- Instants in the arrays are microseconds since 1970; -1 = never.
CREATE TABLE billing.nodes (
    node_key       INTEGER     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    env            TEXT        NOT NULL,
    node           TEXT        NOT NULL,
    composed       TEXT        NOT NULL UNIQUE,
    region         TEXT        NOT NULL,
    count_first    BOOLEAN     NOT NULL,
    billing_from   TIMESTAMPTZ NOT NULL,
    first_at       TIMESTAMPTZ,
    head_at        TIMESTAMPTZ,
    started_at     TIMESTAMPTZ,
    last_bucket_at TIMESTAMPTZ,
    archive_from   TIMESTAMPTZ,
    uplink         BIGINT[]    NOT NULL DEFAULT '{}',
    downlink       BIGINT[]    NOT NULL DEFAULT '{}',
    uplink_since   BIGINT[]    NOT NULL DEFAULT '{}',
    downlink_since BIGINT[]    NOT NULL DEFAULT '{}',
    seen_at        BIGINT[]    NOT NULL DEFAULT '{}',
    restarts       INTEGER[]   NOT NULL DEFAULT '{}',
    aside          INTEGER[]   NOT NULL DEFAULT '{}',
    aside_uplink   BIGINT[]    NOT NULL DEFAULT '{}',
    aside_downlink BIGINT[]    NOT NULL DEFAULT '{}',
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    UNIQUE (env, node)
) WITH (fillfactor = 50);
COMMENT ON COLUMN billing.nodes.archive_from IS 'the archive was pruned: nothing before this instant can be corrected';
COMMENT ON COLUMN billing.nodes.uplink IS 'counters as last seen, set aside or not';
COMMENT ON COLUMN billing.nodes.uplink_since IS 'since when the counter holds its value';
COMMENT ON COLUMN billing.nodes.seen_at IS 'when the series was last present, set aside or not';
COMMENT ON COLUMN billing.nodes.aside IS 'ordinals of series whose newest sample was set aside; aside_uplink and aside_downlink run in parallel: the counters accepted last';

CREATE TABLE billing.series (
    node_key     INTEGER     NOT NULL REFERENCES billing.nodes (node_key),
    ordinal      INTEGER     NOT NULL,
    identifier   UUID        NOT NULL,
    inbound_tag  TEXT        NOT NULL,
    account_uuid UUID        REFERENCES public.users (uuid) ON DELETE SET NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (node_key, ordinal),
    UNIQUE (node_key, identifier, inbound_tag)
);
CREATE INDEX series_account ON billing.series (account_uuid);
CREATE INDEX series_unattributed ON billing.series (identifier) WHERE account_uuid IS NULL;

-- The state of a node as it was at an instant, one an hour: where a re-derivation starts.
CREATE TABLE billing.node_states (
    node_key       INTEGER     NOT NULL REFERENCES billing.nodes (node_key),
    at             TIMESTAMPTZ NOT NULL,
    first_at       TIMESTAMPTZ NOT NULL,
    started_at     TIMESTAMPTZ,
    uplink         BIGINT[]    NOT NULL,
    downlink       BIGINT[]    NOT NULL,
    uplink_since   BIGINT[]    NOT NULL,
    downlink_since BIGINT[]    NOT NULL,
    seen_at        BIGINT[]    NOT NULL,
    restarts       INTEGER[]   NOT NULL,
    aside          INTEGER[]   NOT NULL,
    aside_uplink   BIGINT[]    NOT NULL,
    aside_downlink BIGINT[]    NOT NULL,
    PRIMARY KEY (node_key, at)
);

--changeset billing:002-archive
-- The evidence: one row a snapshot. The arrays run in parallel, ascending by ordinal.
CREATE TABLE billing.snapshots (
    node_key     INTEGER     NOT NULL,
    collected_at TIMESTAMPTZ NOT NULL,
    started_at   TIMESTAMPTZ,
    max_bytes_per_second BIGINT NOT NULL,
    ordinals     INTEGER[]   NOT NULL,
    uplink       BIGINT[]    NOT NULL,
    downlink     BIGINT[]    NOT NULL,
    digest       BYTEA       NOT NULL,
    source_id    TEXT        NOT NULL,
    received_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (node_key, collected_at)
) PARTITION BY RANGE (collected_at);
CREATE TABLE billing.snapshots_default PARTITION OF billing.snapshots DEFAULT;
COMMENT ON COLUMN billing.snapshots.max_bytes_per_second IS 'the guard it came with; the widest, if it came more than once';
COMMENT ON TABLE billing.snapshots IS 'The snapshot archive, a partition a day; days nobody prepared lie in the default partition.';

CREATE TABLE billing.snapshot_conflicts (
    node_key      INTEGER     NOT NULL,
    collected_at  TIMESTAMPTZ NOT NULL,
    digest_before BYTEA       NOT NULL,
    digest_sent   BYTEA       NOT NULL,
    digest_after  BYTEA       NOT NULL,
    source_id     TEXT        NOT NULL,
    recorded_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (node_key, collected_at, digest_before, digest_sent)
);

--changeset billing:002-archive-partitions splitStatements:false
-- Partitions belong to the role that migrates; the service's role may only have them made and dropped through these.
CREATE FUNCTION billing.prepare_archive_day(day DATE) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
        RETURN false; -- rows of that day lie in the default partition already, and may stay there
    WHEN duplicate_table THEN
        RETURN false; -- another instance was faster
END
$$;

CREATE FUNCTION billing.drop_archive_before(horizon TIMESTAMPTZ) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
$$;

--changeset billing:002-archive-partitions-rights
REVOKE EXECUTE ON FUNCTION billing.prepare_archive_day(DATE), billing.drop_archive_before(TIMESTAMPTZ) FROM PUBLIC;

--changeset billing:002-anomalies
-- Samples set aside: reasons of the decoder (BAD_IDENTIFIER, ...) and of the metering (FELL_WITHOUT_RESTART, JUMP).
CREATE TABLE billing.set_asides (
    node_key     INTEGER     NOT NULL,
    collected_at TIMESTAMPTZ NOT NULL,
    identifier   TEXT        NOT NULL,
    inbound_tag  TEXT        NOT NULL,
    reason       TEXT        NOT NULL,
    uplink       TEXT        NOT NULL,
    downlink     TEXT        NOT NULL,
    held_bytes   BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (node_key, collected_at, identifier, inbound_tag, reason)
);
COMMENT ON COLUMN billing.set_asides.held_bytes IS 'bytes that would have counted, cumulative within an episode of one series';

-- What a person decided about a sample that was set aside: ACCEPT counts the difference, RESTART counts whole, BASELINE counts nothing.
CREATE TABLE billing.resolutions (
    node_key     INTEGER     NOT NULL,
    ordinal      INTEGER     NOT NULL,
    collected_at TIMESTAMPTZ NOT NULL,
    decision     TEXT        NOT NULL CHECK (decision IN ('ACCEPT', 'RESTART', 'BASELINE')),
    decided_by   TEXT        NOT NULL,
    reason       TEXT        NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (node_key, ordinal, collected_at)
);

-- Restarts of the counting process: between blind_from and at some bytes can't be known.
CREATE TABLE billing.restarts (
    node_key     INTEGER     NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    blind_from   TIMESTAMPTZ NOT NULL,
    by_epoch     BOOLEAN     NOT NULL,
    series_count INTEGER     NOT NULL,
    hidden_bytes BIGINT      NOT NULL,
    PRIMARY KEY (node_key, at)
);
COMMENT ON COLUMN billing.restarts.hidden_bytes IS 'the most bytes that series which did not fall can have lost, if they restarted too';

-- Usage of identifiers that no account is known for (yet).
CREATE TABLE billing.unattributed_usage (
    node_key       INTEGER     NOT NULL,
    ordinal        INTEGER     NOT NULL,
    bucket_start   TIMESTAMPTZ NOT NULL,
    uplink_bytes   BIGINT      NOT NULL,
    downlink_bytes BIGINT      NOT NULL,
    PRIMARY KEY (node_key, ordinal, bucket_start)
);

--changeset billing:002-accounts
-- The accounts that this service keeps. The row lock in public.account_quota_states serialises all writers of an account.
CREATE VIEW billing.account_states AS
    SELECT account_uuid, exact_balance AS balance, shown_remaining, shown_period, rated_at AS last_rated_at,
           arrears_reason, suspend_reason, opened_at
      FROM public.account_quota_states
     WHERE opened_at IS NOT NULL;

-- Ledger rows that other services inserted, until the next writer of the account adds them to its balance.
CREATE TABLE billing.foreign_entries (
    account_uuid UUID        NOT NULL,
    ledger_id    UUID        NOT NULL,
    amount_delta NUMERIC     NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (account_uuid, ledger_id)
);

--changeset billing:002-quotas
-- Quota periods that are over, or of other meters than traffic.
CREATE TABLE billing.past_quotas (
    account_uuid     UUID        NOT NULL,
    meter            TEXT        NOT NULL,
    period_start     TIMESTAMPTZ NOT NULL,
    period_end       TIMESTAMPTZ NOT NULL,
    granted          BIGINT      NOT NULL,
    used             BIGINT      NOT NULL DEFAULT 0,
    charged          BIGINT      NOT NULL DEFAULT 0,
    last_included_at TIMESTAMPTZ,
    last_granted_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_uuid, meter, period_start),
    CHECK (period_start < period_end)
) WITH (fillfactor = 45);
COMMENT ON COLUMN billing.past_quotas.used IS 'free units taken; granted - used remain';
COMMENT ON COLUMN billing.past_quotas.charged IS 'units of the period that were charged';

CREATE VIEW billing.quotas AS
    SELECT account_uuid, meter, period_start, period_end, granted, used, charged, last_included_at, last_granted_at
      FROM billing.past_quotas
     UNION ALL
    SELECT account_uuid, 'traffic', quota_start, quota_end, quota_granted, quota_used, quota_charged,
           quota_included_at, quota_granted_at
      FROM public.account_quota_states
     WHERE quota_start IS NOT NULL;
COMMENT ON VIEW billing.quotas IS 'every quota period of every account';

CREATE TABLE billing.quota_grants (
    account_uuid UUID        NOT NULL,
    meter        TEXT        NOT NULL,
    period_start TIMESTAMPTZ NOT NULL,
    effective_at TIMESTAMPTZ NOT NULL,
    amount       BIGINT      NOT NULL,
    origin       TEXT        NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_uuid, meter, period_start, effective_at, origin)
);

--changeset billing:002-price-versions
CREATE TABLE billing.price_versions (
    account_uuid         UUID        NOT NULL,
    effective_from       TIMESTAMPTZ NOT NULL,
    price_per_byte       NUMERIC     NOT NULL,
    region_multiplier    NUMERIC     NOT NULL,
    line_multiplier      NUMERIC     NOT NULL,
    peak_multiplier      NUMERIC     NOT NULL,
    offpeak_multiplier   NUMERIC     NOT NULL,
    included_quota_bytes BIGINT      NOT NULL,
    unlimited            BOOLEAN     NOT NULL,
    rule_version         TEXT        NOT NULL,
    recorded_at          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_uuid, effective_from)
);

--changeset billing:002-foreign-entries splitStatements:false
-- Rows of other services (no bucket of ours, no operation of ours) are noted without a lock on the account.
CREATE FUNCTION billing.note_foreign_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta)
    VALUES (NEW.account_uuid, NEW.id, NEW.amount_delta);
    RETURN NULL;
END
$$;

--changeset billing:002-foreign-entries-trigger
CREATE TRIGGER billing_ledger_note_foreign
    AFTER INSERT ON public.billing_ledger
    FOR EACH ROW
    WHEN (NEW.node_id IS NULL AND NEW.operation_id IS NULL AND NEW.entry_type <> 'opening_balance')
    EXECUTE FUNCTION billing.note_foreign_entry();

--changeset billing:002-identities splitStatements:false
-- Every identifier that names an account: its own UUID first, then its proxy UUID. Older users tables have no proxy_uuid.
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'proxy_uuid') THEN
        EXECUTE 'CREATE VIEW billing.identities AS SELECT uuid AS account_uuid, proxy_uuid FROM public.users';
    ELSE
        EXECUTE 'CREATE VIEW billing.identities AS SELECT uuid AS account_uuid, NULL::uuid AS proxy_uuid FROM public.users';
    END IF;
END
$$;
