--liquibase formatted sql

--changeset billing:005-admin-changes labels:older-may-start
-- What operators changed: a row when it begins, and a row when it ended. Nothing else knows of a change that was cut short.
CREATE TABLE billing.admin_changes (
    id        BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ends      BIGINT      UNIQUE REFERENCES billing.admin_changes (id),
    phase     TEXT        NOT NULL CHECK (phase IN ('begun', 'ended')),
    at        TIMESTAMPTZ NOT NULL,
    caller    TEXT        NOT NULL,
    operation TEXT        NOT NULL,
    reason    TEXT        NOT NULL,
    request   JSONB       NOT NULL,
    result    JSONB,
    CHECK ((phase = 'ended') = (ends IS NOT NULL)),
    CHECK ((phase = 'ended') = (result IS NOT NULL))
);
CREATE INDEX admin_changes_at ON billing.admin_changes (at);
COMMENT ON TABLE billing.admin_changes IS 'Who changed what, why and with which result; append-only. A change without a row that ends it runs, or was cut short.';
COMMENT ON COLUMN billing.admin_changes.ends IS 'the row with which the change began';
COMMENT ON COLUMN billing.admin_changes.caller IS 'name of the token';

--changeset billing:005-admin-changes-guard splitStatements:false labels:older-may-start
CREATE FUNCTION billing.admin_changes_refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'admin_changes is append-only: % refused', TG_OP USING ERRCODE = '55000';
END
$$;

--changeset billing:005-admin-changes-triggers labels:older-may-start
CREATE TRIGGER admin_changes_append_only
    BEFORE UPDATE OR DELETE ON billing.admin_changes
    FOR EACH ROW EXECUTE FUNCTION billing.admin_changes_refuse_change();
CREATE TRIGGER admin_changes_no_truncate
    BEFORE TRUNCATE ON billing.admin_changes
    FOR EACH STATEMENT EXECUTE FUNCTION billing.admin_changes_refuse_change();
