--liquibase formatted sql

--changeset billing:006-price-changes labels:older-may-start
ALTER TABLE public.account_quota_states ADD COLUMN price_changes INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN public.account_quota_states.price_changes IS 'billing-service: how often the account''s price versions changed: who locked the row and knows them as of this number knows them';

--changeset billing:006-price-changes-function splitStatements:false labels:older-may-start
-- Whoever changes a price version, by whatever statement, makes every instance read the account's prices again.
CREATE FUNCTION billing.count_price_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE public.account_quota_states SET price_changes = price_changes + 1
         WHERE account_uuid = OLD.account_uuid;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE public.account_quota_states SET price_changes = price_changes + 1
         WHERE account_uuid = NEW.account_uuid;
    END IF;
    RETURN NULL;
END
$$;

--changeset billing:006-price-changes-trigger labels:older-may-start
CREATE TRIGGER price_versions_count_changes
    AFTER INSERT OR UPDATE OR DELETE ON billing.price_versions
    FOR EACH ROW EXECUTE FUNCTION billing.count_price_change();

--changeset billing:006-node-arrays-as-they-are labels:older-may-start
-- Written with every page and read with the next: packing them costs more than their few kilobytes.
ALTER TABLE billing.nodes
    ALTER COLUMN uplink SET STORAGE EXTERNAL,
    ALTER COLUMN downlink SET STORAGE EXTERNAL,
    ALTER COLUMN uplink_since SET STORAGE EXTERNAL,
    ALTER COLUMN downlink_since SET STORAGE EXTERNAL,
    ALTER COLUMN seen_at SET STORAGE EXTERNAL,
    ALTER COLUMN restarts SET STORAGE EXTERNAL;
