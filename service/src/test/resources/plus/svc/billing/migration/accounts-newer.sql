-- What accounts added since, users' own columns and triggers included.
ALTER TABLE public.users ADD COLUMN proxy_uuid UUID;
UPDATE public.users SET proxy_uuid = uuid;
ALTER TABLE public.users
    ALTER COLUMN proxy_uuid SET NOT NULL,
    ADD CONSTRAINT users_proxy_uuid_is_uuid CHECK (proxy_uuid = uuid),
    ADD COLUMN active BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN email_verified_at TIMESTAMPTZ,
    ADD COLUMN email_verified BOOLEAN GENERATED ALWAYS AS (email_verified_at IS NOT NULL) STORED,
    ADD COLUMN account_lifecycle_state TEXT NOT NULL DEFAULT 'active';
CREATE FUNCTION public.users_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'users are not deleted, they are closed' USING ERRCODE = '55000';
END
$$;
CREATE TRIGGER users_no_delete_trg BEFORE DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.users_no_delete();

ALTER TABLE public.account_quota_states
    ADD COLUMN arrears_since TIMESTAMPTZ,
    ADD COLUMN period_start TIMESTAMPTZ,
    ADD COLUMN period_end TIMESTAMPTZ,
    ADD COLUMN proxy_access_state TEXT NOT NULL DEFAULT 'active';
UPDATE public.account_quota_states SET proxy_access_state = '' WHERE throttle_state = '';
UPDATE public.account_quota_states
   SET arrears_since = '2026-04-08 09:00:00.123456Z'
 WHERE arrears;
CREATE INDEX idx_traffic_minute_buckets_account_bucket ON public.traffic_minute_buckets (account_uuid, bucket_start DESC);
CREATE INDEX idx_billing_ledger_account_created ON public.billing_ledger (account_uuid, created_at DESC);
