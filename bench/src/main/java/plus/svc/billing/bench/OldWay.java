package plus.svc.billing.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.UUID;

/**
 * The earlier writer: nine statements a sample, each a transaction of its own. The five look-ups
 * and four upserts are those of its source, with the calculation left out, which flatters it.
 */
final class OldWay {

  private final Database database;
  private final Workload workload;

  OldWay(Database database, Workload workload) {
    this.database = database;
    this.workload = workload;
  }

  /** Takes samples minute by minute for about the given time. */
  Cost run(Cpu cpu, double seconds, int fromMinute) throws SQLException {
    try (Connection connection = database.connect()) {
      // Rows without a bucket of ours are noted aside by a trigger; the earlier writer has none.
      connection
          .createStatement()
          .execute("DROP TRIGGER billing_ledger_note_foreign ON public.billing_ledger");
      Statements statements = new Statements(connection);
      Heap.begin();
      double client = cpu.client();
      double server = cpu.server();
      long begin = System.nanoTime();
      long done = 0;
      for (int minute = fromMinute; ; minute++) {
        Timestamp at = Timestamp.from(workload.at(minute));
        for (int node = 0; node < workload.nodes(); node++) {
          String composed = workload.node(node).composed();
          for (int account = 0; account < workload.accountsPerNode(); account++) {
            statements.sample(composed, workload.account(node, account), at, minute * 1_000L);
            done++;
            double elapsed = (System.nanoTime() - begin) / 1e9;
            if (elapsed >= seconds) {
              return new Cost(
                  done,
                  elapsed,
                  cpu.client() - client,
                  cpu.server() - server,
                  Heap.peakMegabytes());
            }
          }
        }
      }
    }
  }

  /** The nine statements, prepared. */
  private static final class Statements {

    private final PreparedStatement checkpoint;
    private final PreparedStatement profile;
    private final PreparedStatement bucketThere;
    private final PreparedStatement bucket;
    private final PreparedStatement quota;
    private final PreparedStatement entryThere;
    private final PreparedStatement entry;
    private final PreparedStatement putQuota;
    private final PreparedStatement putCheckpoint;

    Statements(Connection connection) throws SQLException {
      checkpoint =
          connection.prepareStatement(
              """
              SELECT last_uplink_total, last_downlink_total, last_seen_at, xray_revision, reset_epoch
                FROM traffic_stat_checkpoints WHERE node_id = ? AND account_uuid = ?
              """);
      profile =
          connection.prepareStatement(
              """
              SELECT package_name, included_quota_bytes, base_price_per_byte, region_multiplier,
                     line_multiplier, peak_multiplier, offpeak_multiplier, pricing_rule_version
                FROM account_billing_profiles WHERE account_uuid = ?
              """);
      bucketThere =
          connection.prepareStatement(
              """
              SELECT EXISTS (SELECT 1 FROM traffic_minute_buckets
               WHERE bucket_start = ? AND node_id = ? AND account_uuid = ? AND region = ''
                 AND line_code = '')
              """);
      bucket =
          connection.prepareStatement(
              """
              INSERT INTO traffic_minute_buckets
                     (bucket_start, node_id, account_uuid, region, line_code, uplink_bytes,
                      downlink_bytes, total_bytes, multiplier, rating_status, source_revision,
                      created_at, updated_at)
              VALUES (?, ?, ?, '', '', ?, ?, ?, 1, 'rated', 'bench', now(), now())
                  ON CONFLICT (bucket_start, node_id, account_uuid, region, line_code) DO UPDATE
                 SET uplink_bytes = excluded.uplink_bytes,
                     downlink_bytes = excluded.downlink_bytes,
                     total_bytes = excluded.total_bytes, multiplier = excluded.multiplier,
                     rating_status = excluded.rating_status,
                     source_revision = excluded.source_revision, updated_at = now()
              """);
      quota =
          connection.prepareStatement(
              """
              SELECT remaining_included_quota, current_balance, arrears, arrears_since,
                     throttle_state, suspend_state, last_rated_bucket_at, effective_at
                FROM account_quota_states WHERE account_uuid = ?
              """);
      entryThere =
          connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM billing_ledger WHERE id = ?)");
      entry =
          connection.prepareStatement(
              """
              INSERT INTO billing_ledger
                     (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
                      amount_delta, balance_after, pricing_rule_version, created_at)
              VALUES (?, ?, ?, ?, 'traffic_charge', ?, ?, ?, 'bench', now())
                  ON CONFLICT (id) DO UPDATE
                 SET rated_bytes = excluded.rated_bytes, amount_delta = excluded.amount_delta,
                     balance_after = excluded.balance_after
              """);
      putQuota =
          connection.prepareStatement(
              """
              INSERT INTO account_quota_states
                     (account_uuid, remaining_included_quota, current_balance, arrears,
                      arrears_since, throttle_state, suspend_state, last_rated_bucket_at,
                      effective_at, updated_at)
              VALUES (?, 0, ?, true, ?, 'throttled', 'active', ?, ?, now())
                  ON CONFLICT (account_uuid) DO UPDATE
                 SET remaining_included_quota = excluded.remaining_included_quota,
                     current_balance = excluded.current_balance, arrears = excluded.arrears,
                     arrears_since = excluded.arrears_since,
                     throttle_state = excluded.throttle_state,
                     suspend_state = excluded.suspend_state,
                     last_rated_bucket_at = excluded.last_rated_bucket_at,
                     effective_at = excluded.effective_at, updated_at = now()
              """);
      putCheckpoint =
          connection.prepareStatement(
              """
              INSERT INTO traffic_stat_checkpoints
                     (node_id, account_uuid, last_uplink_total, last_downlink_total, last_seen_at,
                      xray_revision, reset_epoch, created_at, updated_at)
              VALUES (?, ?, ?, ?, ?, 'bench', 0, now(), now())
                  ON CONFLICT (node_id, account_uuid) DO UPDATE
                 SET last_uplink_total = excluded.last_uplink_total,
                     last_downlink_total = excluded.last_downlink_total,
                     last_seen_at = excluded.last_seen_at, xray_revision = excluded.xray_revision,
                     reset_epoch = excluded.reset_epoch, updated_at = now()
              """);
    }

    void sample(String node, UUID account, Timestamp at, long bytes) throws SQLException {
      ask(checkpoint, node, account);
      ask(profile, account);
      ask(bucketThere, at, node, account);
      run(bucket, at, node, account, bytes, bytes, 2 * bytes);
      ask(quota, account);
      UUID id = UUID.randomUUID();
      ask(entryThere, id);
      run(entry, id, account, at, at, 2 * bytes, -2.0e-9 * bytes, -4.0e-9 * bytes);
      run(putQuota, account, -4.0e-9 * bytes, at, at, at);
      run(putCheckpoint, node, account, bytes, bytes, at);
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
    }

    private static void ask(PreparedStatement statement, Object... values) throws SQLException {
      bind(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
      }
    }

    private static void run(PreparedStatement statement, Object... values) throws SQLException {
      bind(statement, values);
      statement.executeUpdate();
    }
  }
}
