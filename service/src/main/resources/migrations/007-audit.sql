--liquibase formatted sql

-- How far the continuous audit has come.

--changeset billing:007-audit-marks labels:older-may-start
CREATE TABLE billing.audit_marks (
    node_key       INTEGER     PRIMARY KEY,
    verified_until TIMESTAMPTZ NOT NULL,
    checked_until  TIMESTAMPTZ NOT NULL,
    findings       INTEGER     NOT NULL DEFAULT 0,
    first_finding  TEXT        NOT NULL DEFAULT '',
    checked_at     TIMESTAMPTZ NOT NULL
);
COMMENT ON COLUMN billing.audit_marks.verified_until IS 'every minute before it is proven complete and right';
COMMENT ON COLUMN billing.audit_marks.checked_until IS 'every minute before it was looked at; what was found since verified_until is looked at again';

--changeset billing:007-audit-state labels:older-may-start
CREATE TABLE billing.audit_state (
    one             BOOLEAN     PRIMARY KEY DEFAULT true,
    checked_at      TIMESTAMPTZ NOT NULL,
    verified_until  TIMESTAMPTZ,
    accounts_after  UUID        NOT NULL,
    open_accounts   UUID[]      NOT NULL DEFAULT '{}',
    findings        BIGINT      NOT NULL DEFAULT 0,
    first_finding   TEXT        NOT NULL DEFAULT '',
    at_risk_minutes BIGINT      NOT NULL DEFAULT 0
);
COMMENT ON COLUMN billing.audit_state.open_accounts IS 'accounts in which something was found; they are looked at again each time';
