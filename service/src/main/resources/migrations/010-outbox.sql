--liquibase formatted sql

--changeset billing:010-notices labels:older-may-start
-- What other systems are told of accounts, written in the transaction that found it. `seq` rises with each notice of an account,
-- since whoever writes one holds the account's lock until it is committed.
CREATE TABLE billing.notices (
    account_uuid UUID        NOT NULL,
    seq          BIGINT      NOT NULL GENERATED ALWAYS AS IDENTITY,
    id           UUID        NOT NULL,
    kind         TEXT        NOT NULL CHECK (kind IN ('balance_low', 'quota_low', 'unusual_rate')),
    at           TIMESTAMPTZ NOT NULL,
    data         JSONB       NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_uuid, seq)
);
CREATE INDEX notices_created_at ON billing.notices USING brin (created_at) WITH (autosummarize = on);
COMMENT ON TABLE billing.notices IS 'Outbox: what other systems are told of accounts. A notice goes some time after its last delivery did.';
COMMENT ON COLUMN billing.notices.id IS 'by which receivers know a repeated delivery';
COMMENT ON COLUMN billing.notices.data IS 'amounts as text, no personal data';

--changeset billing:010-notice-deliveries labels:older-may-start
CREATE TABLE billing.notice_deliveries (
    account_uuid UUID        NOT NULL,
    target       TEXT        NOT NULL,
    seq          BIGINT      NOT NULL,
    state        TEXT        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts     INTEGER     NOT NULL DEFAULT 0,
    since        TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    next_at      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    claim        UUID,
    error        TEXT        NOT NULL DEFAULT '',
    ended_at     TIMESTAMPTZ,
    PRIMARY KEY (account_uuid, target, seq),
    FOREIGN KEY (account_uuid, seq) REFERENCES billing.notices (account_uuid, seq),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK (state = 'waiting' OR claim IS NULL)
);
CREATE INDEX notice_deliveries_due ON billing.notice_deliveries (target, next_at) WHERE state = 'waiting';
CREATE INDEX notice_deliveries_delivered ON billing.notice_deliveries (ended_at) WHERE state = 'delivered';
CREATE INDEX notice_deliveries_dead ON billing.notice_deliveries (target, ended_at) WHERE state = 'dead';
COMMENT ON TABLE billing.notice_deliveries IS 'Outbox: a notice on its way to one target. An account''s notices reach a target in the order of seq.';
COMMENT ON COLUMN billing.notice_deliveries.since IS 'when it began to wait; anew with a replay';
COMMENT ON COLUMN billing.notice_deliveries.next_at IS 'when it is tried next; while claimed, when the claim is over';
COMMENT ON COLUMN billing.notice_deliveries.claim IS 'who sends it now; whoever lost its claim writes nothing';
