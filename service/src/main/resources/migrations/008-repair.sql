--liquibase formatted sql

-- To find the ledger rows of a stretch of time whatever their id, without weight on what is written: rows come
-- about in the order of their minutes.

--changeset billing:008-ledger-by-minute labels:older-may-start
CREATE INDEX idx_billing_ledger_bucket_start ON public.billing_ledger USING brin (bucket_start) WITH (autosummarize = on);
