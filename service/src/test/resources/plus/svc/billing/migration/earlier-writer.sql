-- What the earlier writer and accounts left: 1 heavy user, 2 user with free quota, 3 never seen, 4 row made by a top-up,
-- 5 a balance of float noise, 6 ledger rows and no quota row.
INSERT INTO public.users (uuid, username, email) VALUES
    ('11111111-1111-1111-1111-111111111111', 'one', 'one@example.test'),
    ('22222222-2222-2222-2222-222222222222', 'two', NULL),
    ('33333333-3333-3333-3333-333333333333', 'three', NULL),
    ('44444444-4444-4444-4444-444444444444', 'four', NULL),
    ('55555555-5555-5555-5555-555555555555', 'five', NULL),
    ('66666666-6666-6666-6666-666666666666', 'six', NULL);

INSERT INTO public.billing_ledger
       (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta, balance_after, pricing_rule_version, created_at) VALUES
    ('977011f3-a25b-5968-a041-3458bf9fbbfd', '11111111-1111-1111-1111-111111111111', '2026-04-08 10:28Z', '2026-04-08 10:29Z', 'traffic_charge', 1, -0.1, 9.9, 'pricing-default-v1', '2026-04-08 10:29:05.000001Z'),
    ('ce128738-888c-5530-84fb-c6b35775e88d', '11111111-1111-1111-1111-111111111111', '2026-04-08 10:29Z', '2026-04-08 10:30Z', 'traffic_charge', 2, -0.20000000000000001, 9.7000000000000011, 'pricing-default-v1', '2026-04-08 10:30:05Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0001', '11111111-1111-1111-1111-111111111111', '2026-04-08 10:30Z', '2026-04-08 10:31Z', 'traffic_charge', 0, -0::float8, 9.7000000000000011, 'pricing-default-v1', '2026-04-08 10:31:05Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0002', '11111111-1111-1111-1111-111111111111', '2026-04-08 10:10:11.5Z', '2026-04-08 10:10:11.5Z', 'topup', 0, 4.35, 10, 'stripe:pi_old', '2026-04-08 10:10:11.5Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0003', '22222222-2222-2222-2222-222222222222', '2026-04-08 10:30Z', '2026-04-08 10:31Z', 'traffic_charge', 0, -0::float8, -30.000000000000004, 'plan:PLUS', '2026-04-08 10:31:05Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0004', '44444444-4444-4444-4444-444444444444', '2026-04-07 08:00Z', '2026-04-07 08:00Z', 'topup', 0, 0.11000000000000001, 0.11000000000000001, 'stripe:pi_4', '2026-04-07 08:00Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0005', '55555555-5555-5555-5555-555555555555', '2026-04-07 08:00Z', '2026-04-07 08:01Z', 'traffic_charge', 3, -0.30000000000000004, -2.7755575615628914e-17, 'pricing-default-v1', '2026-04-07 08:01Z'),
    ('0a8b8f7e-4a1b-5c5e-9d1e-0d6f5a1c0006', '66666666-6666-6666-6666-666666666666', '2026-04-07 08:00Z', '2026-04-07 08:00Z', 'manual_adjustment', 0, 1e-9, 1e-9, 'manual', '2026-04-07 08:00Z');

INSERT INTO public.account_quota_states
       (account_uuid, remaining_included_quota, current_balance, arrears, throttle_state, suspend_state, last_rated_bucket_at, effective_at, updated_at) VALUES
    ('11111111-1111-1111-1111-111111111111', 0, 9.7000000000000011, false, 'normal', 'active', '2026-04-08 10:30Z', '2026-04-08 10:31:05Z', '2026-04-08 10:31:05Z'),
    ('22222222-2222-2222-2222-222222222222', 50, -30.000000000000004, true, 'throttled', 'suspended', '2026-04-08 10:30Z', '2026-04-08 10:31:05Z', '2026-04-08 10:31:05Z'),
    ('44444444-4444-4444-4444-444444444444', 10737418240, 0.11000000000000001, false, '', '', NULL, '2026-04-07 08:00Z', '2026-04-07 08:00Z'),
    ('55555555-5555-5555-5555-555555555555', 0, -1e-17, false, 'normal', 'active', '2026-04-07 08:00Z', '2026-04-07 08:01Z', '2026-04-07 08:01Z');

INSERT INTO public.account_billing_profiles
       (account_uuid, package_name, included_quota_bytes, base_price_per_byte, region_multiplier, pricing_rule_version) VALUES
    ('22222222-2222-2222-2222-222222222222', 'plus', 21474836480, 0, 1.1, 'plan:PLUS');

INSERT INTO public.traffic_minute_buckets
       (bucket_start, node_id, account_uuid, region, line_code, uplink_bytes, downlink_bytes, total_bytes, multiplier, rating_status, source_revision, created_at, updated_at) VALUES
    ('2026-04-08 10:28Z', 'prod:jp-node', '11111111-1111-1111-1111-111111111111', '', '', 1, 0, 1, 1, 'rated', 'pricing-default-v1', '2026-04-08 10:29:05Z', '2026-04-08 10:29:05Z'),
    ('2026-04-08 10:29Z', 'prod:jp-node', '11111111-1111-1111-1111-111111111111', 'ap-northeast-1', 'premium', 0, 2, 2, 1.1, 'rated', 'pricing-default-v1', '2026-04-08 10:30:05Z', '2026-04-08 10:30:05Z'),
    ('2026-04-08 10:30Z', 'prod:jp-node', '11111111-1111-1111-1111-111111111111', '', '', 0, 0, 0, 1, 'rated', 'pricing-default-v1', '2026-04-08 10:31:05Z', '2026-04-08 10:31:05Z'),
    ('2026-04-08 10:30Z', 'prod:jp-node', '22222222-2222-2222-2222-222222222222', '', '', 60, 0, 60, 1.1, 'rated', 'plan:PLUS', '2026-04-08 10:31:05Z', '2026-04-08 10:31:05Z'),
    ('2026-04-07 08:00Z', 'bare-node', '55555555-5555-5555-5555-555555555555', '', 'vless-in', 3, 0, 3, 0.30000000000000004, 'pending', '', '2026-04-07 08:01Z', '2026-04-07 08:01Z');

INSERT INTO public.traffic_stat_checkpoints
       (node_id, account_uuid, last_uplink_total, last_downlink_total, last_seen_at, xray_revision, reset_epoch) VALUES
    ('prod:jp-node', '11111111-1111-1111-1111-111111111111', 1000, 0, '2026-04-08 10:30Z', 'sha-1', 2),
    ('prod:jp-node', '22222222-2222-2222-2222-222222222222', 560, 0, '2026-04-08 10:30Z', 'sha-1', 0),
    ('prod:us-node', '11111111-1111-1111-1111-111111111111', 70, 0, '2026-04-08 10:25Z', '', 0),
    ('bare-node', '55555555-5555-5555-5555-555555555555', 3, 0, '2026-04-07 08:00:30Z', '', 0);

INSERT INTO public.billing_source_sync_state
       (source_id, last_completed_until, last_attempted_at, last_succeeded_at, last_error) VALUES
    ('jp-exporter', '2026-04-08 10:30Z', '2026-04-08 10:31Z', '2026-04-08 10:31Z', ''),
    ('us-exporter', '2026-04-08 10:20Z', '2026-04-08 10:31Z', '2026-04-08 10:21Z', 'connection reset'),
    ('hk-exporter', '2999-01-01 00:00Z', '2026-04-08 10:31Z', '2026-04-08 10:31Z', ''),
    ('new-exporter', NULL, '2026-04-08 10:31Z', NULL, 'no route to host');
