package plus.svc.billing.migration;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Reads the shared tables as {@code accounts.svc.plus} does: explicit columns of the time before
 * our migrations, taken as text and parsed into 64-bit integers and doubles, where a NULL or a
 * fraction in the wrong place is an error.
 */
final class AccountsReader {

  private final Jdbi jdbi;

  AccountsReader(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The usage summary: sums over all buckets of an account. */
  record Usage(
      long totalBytes, long uplinkBytes, long downlinkBytes, @Nullable Instant newestBucket) {}

  /** A ledger row. */
  record Entry(
      String id,
      Instant bucketStart,
      String type,
      long ratedBytes,
      double amount,
      double balanceAfter,
      String rule,
      Instant createdAt) {}

  /** A quota row. */
  record Quota(
      long remaining,
      double balance,
      boolean arrears,
      String throttleState,
      String suspendState,
      @Nullable Instant lastRatedBucketAt) {}

  /** What the collector status shows. */
  record Collector(long checkpoints, @Nullable Instant newest) {}

  Usage usage(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT coalesce(sum(total_bytes), 0), coalesce(sum(uplink_bytes), 0),
                           coalesce(sum(downlink_bytes), 0), max(bucket_start)
                      FROM traffic_minute_buckets
                     WHERE account_uuid = ?
                    """,
                    account)
                .map((rs, ctx) -> new Usage(int64(rs, 1), int64(rs, 2), int64(rs, 3), time(rs, 4)))
                .one());
  }

  /** The newest rows of the ledger, newest first. */
  List<Entry> latest(UUID account, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT id, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta,
                           balance_after, pricing_rule_version, created_at
                      FROM billing_ledger
                     WHERE account_uuid = ?
                     ORDER BY created_at DESC
                     LIMIT ?
                    """,
                    account,
                    most)
                .map(
                    (rs, ctx) ->
                        new Entry(
                            string(rs, 1),
                            definite(rs, 2),
                            string(rs, 4),
                            int64(rs, 5),
                            float64(rs, 6),
                            float64(rs, 7),
                            string(rs, 8),
                            definite(rs, 9)))
                .list());
  }

  Quota quota(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT remaining_included_quota, current_balance, arrears, throttle_state,
                           suspend_state, last_rated_bucket_at, effective_at, updated_at
                      FROM account_quota_states
                     WHERE account_uuid = ?
                    """,
                    account)
                .map(
                    (rs, ctx) ->
                        new Quota(
                            int64(rs, 1),
                            float64(rs, 2),
                            string(rs, 3).equals("t"),
                            string(rs, 4),
                            string(rs, 5),
                            time(rs, 6)))
                .one());
  }

  /** Every bucket with its multiplier, as the admin's traffic page reads them. */
  List<Double> multipliers() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT bucket_start, node_id, account_uuid, region, line_code, uplink_bytes,
                           downlink_bytes, total_bytes, multiplier, rating_status, source_revision
                      FROM traffic_minute_buckets
                     ORDER BY bucket_start, account_uuid
                    """)
                .map((rs, ctx) -> float64(rs, 9))
                .list());
  }

  Collector collector() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT count(*), max(last_seen_at) FROM traffic_stat_checkpoints")
                .map((rs, ctx) -> new Collector(int64(rs, 1), time(rs, 2)))
                .one());
  }

  /** Bytes since the subscription began, which decide about a refund. */
  long bytesSince(UUID account, Instant start) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT COALESCE(SUM(total_bytes),0)
                      FROM traffic_minute_buckets
                     WHERE account_uuid = ? AND bucket_start >= ?
                    """,
                    account,
                    start)
                .map((rs, ctx) -> int64(rs, 1))
                .one());
  }

  private static String string(ResultSet rs, int column) throws SQLException {
    return Objects.requireNonNull(rs.getString(column), () -> "converting NULL, column " + column);
  }

  private static long int64(ResultSet rs, int column) throws SQLException {
    return Long.parseLong(string(rs, column));
  }

  private static double float64(ResultSet rs, int column) throws SQLException {
    return Double.parseDouble(string(rs, column));
  }

  private static @Nullable Instant time(ResultSet rs, int column) throws SQLException {
    @Nullable OffsetDateTime at = rs.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static Instant definite(ResultSet rs, int column) throws SQLException {
    return rs.getObject(column, OffsetDateTime.class).toInstant();
  }
}
