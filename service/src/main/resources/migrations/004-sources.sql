--liquibase formatted sql

--changeset billing:004-sources
CREATE TABLE billing.sources (
    source_id  TEXT        PRIMARY KEY,
    definition JSONB       NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CHECK (definition ->> 'source_id' = source_id)
);
COMMENT ON TABLE billing.sources IS 'Sources added at run time, by the keys of the settings; references to credentials, never a secret. What config.yml or the environment names wins.';
