--liquibase formatted sql

--changeset billing:009-requests labels:older-may-start
-- What services asked for, word for word, before anything is done about it.
CREATE TABLE billing.requests (
    request_id      UUID        PRIMARY KEY,
    caller          TEXT        NOT NULL,
    idempotency_key TEXT        NOT NULL,
    kind            TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    received_at     TIMESTAMPTZ NOT NULL,
    stored_at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    digest          UUID        NOT NULL,
    command         TEXT        NOT NULL,
    body            TEXT        NOT NULL
) WITH (fillfactor = 100);
CREATE INDEX requests_stored ON billing.requests USING brin (stored_at) WITH (pages_per_range = 16, autosummarize = on);
COMMENT ON TABLE billing.requests IS 'Accepted requests, stored verbatim before they are applied; append-only, kept as long as their operations.';
COMMENT ON COLUMN billing.requests.request_id IS 'hashed from caller and idempotency key; also the id of the operation';
COMMENT ON COLUMN billing.requests.caller IS 'name of the token';
COMMENT ON COLUMN billing.requests.source IS 'how and from where it came';
COMMENT ON COLUMN billing.requests.received_at IS 'by the clock of who took it: prices and months are those of this instant';
COMMENT ON COLUMN billing.requests.digest IS 'of the command: another one under the same key is refused';
COMMENT ON COLUMN billing.requests.command IS 'what was understood; a request that a crash left unapplied is applied from it';

--changeset billing:009-operations labels:older-may-start
CREATE TABLE billing.operations (
    request_id UUID        PRIMARY KEY REFERENCES billing.requests (request_id),
    account_id UUID,
    status     TEXT        NOT NULL CHECK (status IN ('applied', 'rejected')),
    reason     TEXT        NOT NULL DEFAULT '',
    reverses   UUID        UNIQUE REFERENCES billing.operations (request_id),
    answer     TEXT        NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 100);
COMMENT ON TABLE billing.operations IS 'What became of each request; append-only. Its ledger rows carry its id.';
COMMENT ON COLUMN billing.operations.reason IS 'why it was rejected';
COMMENT ON COLUMN billing.operations.answer IS 'the answer, given again to whoever repeats the request';

--changeset billing:009-refusals labels:older-may-start
CREATE TABLE billing.refusals (
    id              BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    caller          TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    kind            TEXT        NOT NULL,
    idempotency_key TEXT        NOT NULL DEFAULT '',
    reason          TEXT        NOT NULL,
    body            TEXT        NOT NULL DEFAULT ''
);
COMMENT ON TABLE billing.refusals IS 'Calls that were never accepted: not understood, not allowed, or another request under a key that is taken; append-only.';

--changeset billing:009-accounts labels:older-may-start
CREATE TABLE billing.accounts (
    account_id    UUID        PRIMARY KEY,
    owner_uuid    UUID        NOT NULL REFERENCES public.users (uuid),
    unit          TEXT        NOT NULL,
    name          TEXT        NOT NULL DEFAULT '',
    metadata      TEXT        NOT NULL DEFAULT '{}',
    request_id    UUID        NOT NULL REFERENCES billing.requests (request_id),
    created_at    TIMESTAMPTZ NOT NULL,
    overdraft     NUMERIC     NOT NULL DEFAULT 0 CHECK (overdraft >= 0 AND overdraft < 'Infinity'),
    low_balance   NUMERIC,
    balance       NUMERIC     NOT NULL DEFAULT 0 CHECK (balance > '-Infinity' AND balance < 'Infinity'),
    held          NUMERIC     NOT NULL DEFAULT 0 CHECK (held >= 0 AND held < 'Infinity'),
    open_holds    INTEGER     NOT NULL DEFAULT 0 CHECK (open_holds >= 0),
    last_entry_at TIMESTAMPTZ
) WITH (fillfactor = 50);
CREATE INDEX accounts_owner ON billing.accounts (owner_uuid);
COMMENT ON TABLE billing.accounts IS 'Accounts that were set up. One whose id is its owner''s is the user''s main account, whose balance lies in public.account_quota_states; any other is a further account of that user, perhaps in another unit.';
COMMENT ON COLUMN billing.accounts.overdraft IS 'how far below zero a guarded operation may take it';
COMMENT ON COLUMN billing.accounts.low_balance IS 'below which a notice is sent; null, the configured one';
COMMENT ON COLUMN billing.accounts.balance IS 'of a further account: sum of its ledger rows, less those still in billing.foreign_entries';

--changeset billing:009-quota-states labels:older-may-start
ALTER TABLE public.account_quota_states
    ADD COLUMN held NUMERIC NOT NULL DEFAULT 0 CHECK (held >= 0 AND held < 'Infinity'),
    ADD COLUMN open_holds INTEGER NOT NULL DEFAULT 0 CHECK (open_holds >= 0),
    ADD COLUMN last_entry_at TIMESTAMPTZ;
COMMENT ON COLUMN public.account_quota_states.held IS 'billing-service: sum of the active holds, not part of what may be spent';
COMMENT ON COLUMN public.account_quota_states.open_holds IS 'billing-service: how many holds are active, those of free units too';
COMMENT ON COLUMN public.account_quota_states.last_entry_at IS 'billing-service: place of the account''s newest entry in its history';

--changeset billing:009-ledger labels:older-may-start
ALTER TABLE public.billing_ledger
    ADD COLUMN sub_account UUID,
    ADD COLUMN meter TEXT,
    ADD COLUMN units BIGINT,
    ADD COLUMN appended BOOLEAN;
COMMENT ON COLUMN public.billing_ledger.sub_account IS 'billing-service: the further account (billing.accounts) of account_uuid that the row belongs to; null, the main account';
COMMENT ON COLUMN public.billing_ledger.meter IS 'billing-service: the service whose calls were used';
COMMENT ON COLUMN public.billing_ledger.units IS 'billing-service: how many calls';
COMMENT ON COLUMN public.billing_ledger.appended IS 'billing-service: posted without the account''s lock; balance_after is what was known, the exact one is in billing.bookings';

--changeset billing:009-ledger-sub-accounts runInTransaction:false labels:older-may-start
DROP INDEX CONCURRENTLY IF EXISTS public.idx_billing_ledger_sub_account;
CREATE INDEX CONCURRENTLY idx_billing_ledger_sub_account ON public.billing_ledger (sub_account, created_at DESC) WHERE sub_account IS NOT NULL;

--changeset billing:009-ledger-operations runInTransaction:false labels:older-may-start
DROP INDEX CONCURRENTLY IF EXISTS public.idx_billing_ledger_operation;
CREATE INDEX CONCURRENTLY idx_billing_ledger_operation ON public.billing_ledger (operation_id) WHERE operation_id IS NOT NULL;

--changeset billing:009-bookings labels:older-may-start
CREATE TABLE billing.bookings (
    account_id    UUID        NOT NULL,
    booked_at     TIMESTAMPTZ NOT NULL,
    ledger_id     UUID        NOT NULL,
    balance_after NUMERIC,
    PRIMARY KEY (account_id, booked_at, ledger_id)
);
COMMENT ON TABLE billing.bookings IS 'Where entries that were posted without the account''s lock stand in its history, and the balance after each.';
COMMENT ON COLUMN billing.bookings.balance_after IS 'null where it was taken in before this table was made';

--changeset billing:009-bookings-so-far
INSERT INTO billing.bookings (account_id, booked_at, ledger_id)
SELECT l.account_uuid, l.created_at, l.id
  FROM public.billing_ledger l
 WHERE l.node_id IS NULL AND l.operation_id IS NULL AND l.entry_type <> 'opening_balance'
   AND NOT EXISTS (SELECT 1 FROM billing.foreign_entries f
                    WHERE f.account_uuid = l.account_uuid AND f.ledger_id = l.id);

--changeset billing:009-foreign-entries labels:older-may-start
ALTER TABLE billing.foreign_entries ADD COLUMN shown BOOLEAN NOT NULL DEFAULT true;
COMMENT ON COLUMN billing.foreign_entries.shown IS 'whether current_balance holds it already, as accounts sees to for its own entries';

--changeset billing:009-quotas labels:older-may-start
ALTER TABLE billing.past_quotas ADD COLUMN held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0);
COMMENT ON COLUMN billing.past_quotas.held IS 'free units that holds keep';

--changeset billing:009-holds labels:older-may-start
CREATE TABLE billing.holds (
    hold_id      UUID        PRIMARY KEY REFERENCES billing.requests (request_id),
    account_id   UUID        NOT NULL,
    meter        TEXT,
    period_start TIMESTAMPTZ,
    unit_price   NUMERIC,
    free_units   BIGINT      NOT NULL DEFAULT 0 CHECK (free_units >= 0),
    paid_units   BIGINT      NOT NULL DEFAULT 0 CHECK (paid_units >= 0),
    amount       NUMERIC     NOT NULL CHECK (amount >= 0 AND amount < 'Infinity'),
    state        TEXT        NOT NULL CHECK (state IN ('active', 'committed', 'voided', 'expired')),
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ,
    ended_by     UUID REFERENCES billing.requests (request_id),
    CHECK ((state = 'active') = (ended_at IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX holds_active ON billing.holds (account_id, expires_at) WHERE state = 'active';
CREATE INDEX holds_expiring ON billing.holds (expires_at) WHERE state = 'active';
COMMENT ON TABLE billing.holds IS 'What is reserved: money, free units of a service, or both. The hold''s id is that of the request that made it.';
COMMENT ON COLUMN billing.holds.ended_by IS 'the request that committed or voided it; null where it expired';

--changeset billing:009-service-prices labels:older-may-start
CREATE TABLE billing.service_prices (
    service        TEXT        NOT NULL,
    effective_from TIMESTAMPTZ NOT NULL,
    price          NUMERIC     NOT NULL CHECK (price >= 0 AND price < 'Infinity'),
    free_units     BIGINT      NOT NULL CHECK (free_units >= 0),
    recorded_at    TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, effective_from)
);
COMMENT ON TABLE billing.service_prices IS 'What a call of a service costs, and how many a month are free, from when on; append-only.';

--changeset billing:009-turnover labels:older-may-start
CREATE TABLE billing.turnover (
    account_id UUID        NOT NULL,
    quarter    TIMESTAMPTZ NOT NULL,
    kind       TEXT        NOT NULL,
    meter      TEXT        NOT NULL,
    caller     TEXT        NOT NULL,
    entries    BIGINT      NOT NULL,
    units      BIGINT      NOT NULL,
    credit     NUMERIC     NOT NULL,
    debit      NUMERIC     NOT NULL,
    PRIMARY KEY (account_id, quarter, kind, meter, caller)
) WITH (fillfactor = 70);
COMMENT ON TABLE billing.turnover IS 'Sums of the entries of operations by quarter of an hour of their place in the history, so that a day of any zone is a sum of whole rows.';

--changeset billing:009-guards splitStatements:false labels:older-may-start
CREATE FUNCTION billing.refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP USING ERRCODE = '55000';
END
$$;

--changeset billing:009-guard-triggers labels:older-may-start
CREATE TRIGGER requests_append_only BEFORE UPDATE OR DELETE ON billing.requests FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER requests_no_truncate BEFORE TRUNCATE ON billing.requests FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER operations_append_only BEFORE UPDATE OR DELETE ON billing.operations FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER operations_no_truncate BEFORE TRUNCATE ON billing.operations FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER refusals_append_only BEFORE UPDATE OR DELETE ON billing.refusals FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER refusals_no_truncate BEFORE TRUNCATE ON billing.refusals FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER service_prices_append_only BEFORE UPDATE OR DELETE ON billing.service_prices FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER service_prices_no_truncate BEFORE TRUNCATE ON billing.service_prices FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

--changeset billing:009-explained labels:older-may-start
-- From request to operation to ledger rows, and back.
CREATE VIEW billing.operation_entries AS
SELECT r.request_id, r.caller, r.idempotency_key, r.kind, r.source, r.received_at, r.body,
       o.status, o.reason, o.reverses, o.applied_at,
       l.id AS ledger_id, l.account_uuid, l.sub_account, l.entry_type, l.amount_delta, l.meter, l.units
  FROM billing.requests r
  LEFT JOIN billing.operations o ON o.request_id = r.request_id
  LEFT JOIN public.billing_ledger l ON l.operation_id = r.request_id;
COMMENT ON VIEW billing.operation_entries IS 'Every request with what became of it: a row for each ledger row it made, one without if it made none.';

--changeset billing:009-repair-mark labels:older-may-start
CREATE TABLE billing.repair_mark (
    one   BOOLEAN     PRIMARY KEY DEFAULT true CHECK (one),
    until TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE billing.repair_mark IS 'Every request stored before this instant has its operation.';

--changeset billing:009-month-ahead labels:older-may-start
CREATE TABLE billing.month_ahead (
    one    BOOLEAN     PRIMARY KEY DEFAULT true CHECK (one),
    ran_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE billing.month_ahead IS 'When the quota rows of the month to come were prepared last.';
