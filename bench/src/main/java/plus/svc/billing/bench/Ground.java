package plus.svc.billing.bench;

import java.sql.SQLException;
import java.util.Locale;

/**
 * The database every measurement begins from: accounts opened, series known, tables grown or not.
 */
final class Ground {

  /** The first minute that is measured; the ones before open the accounts. */
  static final int FIRST_MINUTE = 2;

  private Ground() {}

  /**
   * Makes the database.
   *
   * @param grown rows that each fact table holds before
   */
  static Database make(
      Database maintenance, Workload workload, Plan plan, long grown, Exporters exporters)
      throws Exception {
    maintenance.execute(
        "DROP DATABASE IF EXISTS bench_ground WITH (FORCE)", "CREATE DATABASE bench_ground");
    Database ground = maintenance.named("bench_ground");
    ground.migrate();
    addUsers(ground, workload);
    try (Service service =
        new Service(ground, workload, plan, 1, node -> exporters.of(node, Integer.MAX_VALUE, 1))) {
      service.collectUpTo(FIRST_MINUTE - 1);
    }
    if (grown > 0) {
      grow(ground, workload, grown);
    }
    ground.execute("VACUUM ANALYZE");
    return ground;
  }

  private static void addUsers(Database ground, Workload workload) throws SQLException {
    for (int node = 0; node < workload.nodes(); node++) {
      StringBuilder values = new StringBuilder();
      for (int account = 0; account < workload.accountsPerNode(); account++) {
        String id = workload.account(node, account).toString();
        values.append(account == 0 ? "" : ", ");
        values.append("('").append(id).append("', '").append(id).append("')");
      }
      ground.execute("INSERT INTO public.users (uuid, proxy_uuid) VALUES " + values);
    }
  }

  /**
   * Earlier rows of the same accounts, made in the server in the order of time; keys and indexes
   * are built behind them.
   */
  private static void grow(Database ground, Workload workload, long rows) throws SQLException {
    long minutes = Math.max(1, rows / workload.samples(1));
    ground.execute(
        "ALTER TABLE public.traffic_minute_buckets DROP CONSTRAINT traffic_minute_buckets_pkey",
        "DROP INDEX public.idx_traffic_minute_buckets_account_bucket",
        "ALTER TABLE public.billing_ledger DROP CONSTRAINT billing_ledger_pkey",
        "DROP INDEX public.idx_billing_ledger_account_created",
        String.format(
            Locale.ROOT,
            """
        SET session_replication_role = replica;
        INSERT INTO public.traffic_minute_buckets
               (bucket_start, node_id, account_uuid, region, line_code, uplink_bytes,
                downlink_bytes, total_bytes, multiplier, rating_status, source_revision,
                included_bytes, charged_bytes, amount, revision)
        SELECT '%1$s'::timestamptz - m * interval '1 minute', b.node_id, b.account_uuid, '',
               b.line_code, b.uplink_bytes, b.downlink_bytes, b.total_bytes, 1, 'rated', 'grown',
               0, b.total_bytes, b.amount, 1
          FROM generate_series(%2$d, 1, -1) AS m,
               (SELECT * FROM public.traffic_minute_buckets
                 WHERE bucket_start = '%3$s' ORDER BY node_id, account_uuid) AS b
        """,
            workload.origin(),
            minutes,
            workload.at(1)),
        """
        SET session_replication_role = replica;
        INSERT INTO public.billing_ledger
               (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta,
                balance_after, pricing_rule_version, created_at, node_id, line_code)
        SELECT (lpad(to_hex((extract(epoch FROM b.bucket_start) * 1000)::bigint), 12, '0') || '8'
                || substr(md5(b.account_uuid::text || b.bucket_start || b.node_id), 1, 3) || '8'
                || substr(md5(b.bucket_start || b.account_uuid::text || b.node_id), 1, 15))::uuid,
               b.account_uuid, b.bucket_start, b.bucket_start + interval '1 minute',
               'traffic_charge', b.total_bytes, b.amount, b.amount, 'grown', b.bucket_start,
               b.node_id, b.line_code
          FROM public.traffic_minute_buckets b
         WHERE b.source_revision = 'grown'
        """,
        """
        ALTER TABLE public.traffic_minute_buckets ADD CONSTRAINT traffic_minute_buckets_pkey
              PRIMARY KEY (bucket_start, node_id, account_uuid, region, line_code)
        """,
        """
        CREATE INDEX idx_traffic_minute_buckets_account_bucket
            ON public.traffic_minute_buckets (account_uuid, bucket_start DESC)
        """,
        "ALTER TABLE public.billing_ledger ADD CONSTRAINT billing_ledger_pkey PRIMARY KEY (id)",
        """
        CREATE INDEX idx_billing_ledger_account_created
            ON public.billing_ledger (account_uuid, created_at DESC)
        """);
  }
}
