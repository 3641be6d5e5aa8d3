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
