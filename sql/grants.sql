-- The rights of the role that the service runs as. It owns nothing and may change no structure; it can append to the
-- ledger and never change it. Run after every `db migrate`, as the role that ran it:
--
--     psql -v ON_ERROR_STOP=1 -v runtime_role=billing_runtime -f sql/grants.sql "$DATABASE_URL"
--     java -jar billing-service.jar grant --to billing_runtime config.yml     # the same, without psql

GRANT USAGE ON SCHEMA public, billing TO :"runtime_role";

-- Whether a migration is pending.
GRANT SELECT ON public.databasechangelog TO :"runtime_role";

-- Shared with accounts.svc.plus.
GRANT SELECT ON public.account_billing_profiles TO :"runtime_role";
GRANT SELECT, INSERT ON public.billing_ledger TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE ON
    public.account_quota_states,
    public.billing_source_sync_state,
    public.traffic_minute_buckets,
    public.traffic_stat_checkpoints
    TO :"runtime_role";

-- Ours.
GRANT SELECT ON
    billing.operation_entries,
    billing.account_states,
    billing.identities,
    billing.node_takeovers,
    billing.quotas,
    billing.takeovers
    TO :"runtime_role";
GRANT SELECT, INSERT ON
    billing.bookings,
    billing.operations,
    billing.recharge_events,
    billing.refusals,
    billing.requests,
    billing.service_prices,
    billing.admin_changes,
    billing.price_versions
    TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE ON
    billing.accounts,
    billing.holds,
    billing.month_ahead,
    billing.recharge_orders,
    billing.repair_mark,
    billing.turnover,
    billing.audit_marks,
    billing.audit_state,
    billing.nodes,
    billing.quota_grants,
    billing.resolutions,
    billing.series,
    billing.snapshots,
    billing.source_leases,
    billing.sources
    TO :"runtime_role";
GRANT SELECT, INSERT, DELETE ON billing.foreign_entries TO :"runtime_role";
GRANT SELECT, INSERT, DELETE ON billing.notices, billing.snapshot_conflicts TO :"runtime_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON
    billing.job_runs,
    billing.node_states,
    billing.notice_deliveries,
    billing.past_quotas,
    billing.restarts,
    billing.set_asides,
    billing.unattributed_usage
    TO :"runtime_role";

-- Days of the archive are made and dropped by these alone.
GRANT EXECUTE ON FUNCTION billing.prepare_archive_day(DATE), billing.drop_archive_before(TIMESTAMPTZ) TO :"runtime_role";
