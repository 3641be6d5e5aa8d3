--liquibase formatted sql

--changeset billing:011-recharge-orders labels:older-may-start
CREATE TABLE billing.recharge_orders (
    order_id     UUID        PRIMARY KEY,
    account_id   UUID        NOT NULL,
    caller       TEXT        NOT NULL,
    amount       NUMERIC     NOT NULL CHECK (amount > 0 AND amount < 'Infinity'),
    currency     TEXT        NOT NULL,
    amount_minor BIGINT      NOT NULL CHECK (amount_minor > 0),
    method       TEXT        NOT NULL,
    subject      TEXT        NOT NULL,
    return_url   TEXT        NOT NULL,
    client_ip    TEXT        NOT NULL,
    state        TEXT        NOT NULL CHECK (state IN ('pending', 'closed', 'failed', 'success', 'refunded')),
    payment_id   TEXT        CHECK (payment_id <> ''),
    pay_url      TEXT        NOT NULL DEFAULT '',
    pay_code     TEXT        NOT NULL DEFAULT '',
    pay_params   TEXT        NOT NULL DEFAULT '',
    trouble      TEXT        NOT NULL DEFAULT '',
    created_at   TIMESTAMPTZ NOT NULL,
    changed_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    next_look_at TIMESTAMPTZ,
    looks        INTEGER     NOT NULL DEFAULT 0,
    repeats      BIGINT      NOT NULL DEFAULT 0,
    credit_entry UUID,
    refund_entry UUID,
    CHECK ((state IN ('success', 'refunded')) = (credit_entry IS NOT NULL)),
    CHECK ((state = 'refunded') = (refund_entry IS NOT NULL))
);
CREATE INDEX recharge_orders_account ON billing.recharge_orders (account_id, created_at DESC);
CREATE INDEX recharge_orders_due ON billing.recharge_orders (next_look_at) WHERE next_look_at IS NOT NULL;
CREATE UNIQUE INDEX recharge_orders_payment ON billing.recharge_orders (payment_id) WHERE payment_id IS NOT NULL;
COMMENT ON TABLE billing.recharge_orders IS 'What somebody is to pay, and how it stands.';
COMMENT ON COLUMN billing.recharge_orders.payment_id IS 'as the payment service told it, null before; a payment pays one order, so the key spans accounts';
COMMENT ON COLUMN billing.recharge_orders.trouble IS 'why there is no payment yet';
COMMENT ON COLUMN billing.recharge_orders.next_look_at IS 'when the payment service is asked next; null, never again';
COMMENT ON COLUMN billing.recharge_orders.repeats IS 'how often something was said that had been said before';
COMMENT ON COLUMN billing.recharge_orders.credit_entry IS 'row of public.billing_ledger';
COMMENT ON COLUMN billing.recharge_orders.refund_entry IS 'row of public.billing_ledger that takes the credit back';

--changeset billing:011-recharge-events labels:older-may-start
CREATE TABLE billing.recharge_events (
    event_id   BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id   UUID        NOT NULL REFERENCES billing.recharge_orders (order_id),
    at         TIMESTAMPTZ NOT NULL,
    origin     TEXT        NOT NULL,
    caller     TEXT        NOT NULL,
    said       TEXT        NOT NULL,
    payment_id TEXT        NOT NULL,
    amount     NUMERIC,
    currency   TEXT        NOT NULL,
    effect     TEXT        NOT NULL,
    problem    TEXT        NOT NULL,
    state      TEXT        NOT NULL,
    body       TEXT        NOT NULL
);
CREATE INDEX recharge_events_order ON billing.recharge_events (order_id, event_id);
COMMENT ON TABLE billing.recharge_events IS 'Who said what of an order when, and what came of it; append-only.';
COMMENT ON COLUMN billing.recharge_events.state IS 'of the order after it';

--changeset billing:011-recharge-guards labels:older-may-start
CREATE TRIGGER recharge_events_append_only BEFORE UPDATE OR DELETE ON billing.recharge_events FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER recharge_events_no_truncate BEFORE TRUNCATE ON billing.recharge_events FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();
