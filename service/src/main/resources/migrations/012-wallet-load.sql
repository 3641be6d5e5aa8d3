--liquibase formatted sql

--changeset billing:012-requests-stored labels:older-may-start
-- Who looks for requests that were left over asks for those of a second or two: a BRIN index has him read all that is not summarised
-- yet, which under load is millions of rows.
CREATE INDEX requests_stored_at ON billing.requests (stored_at);
DROP INDEX billing.requests_stored;

--changeset billing:012-operations-reverses labels:older-may-start
-- Few operations reverse another one: the others need no place in the index.
ALTER TABLE billing.operations DROP CONSTRAINT operations_reverses_key;
CREATE UNIQUE INDEX operations_reverses ON billing.operations (reverses) WHERE reverses IS NOT NULL;

--changeset billing:012-foreign-waits labels:older-may-start splitStatements:false
-- Who posts to an account that has no row in account_quota_states yet, and then finds none to add to, must not do so while billing-service
-- makes that row: what he posted would be in it, or not, and nobody could tell. So he waits for that transaction, and it for his. Accounts share
-- 256 locks, since a server has room for some thousands.
CREATE OR REPLACE FUNCTION billing.note_foreign_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1651076204, hashtext(NEW.account_uuid::text) & 255);
    INSERT INTO billing.foreign_entries (account_uuid, ledger_id, amount_delta)
    VALUES (NEW.account_uuid, NEW.id, NEW.amount_delta);
    RETURN NULL;
END
$$;
