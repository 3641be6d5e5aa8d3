package plus.svc.billing.migration;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the shared tables as {@code accounts.svc.plus} does: plain INSERTs, whole rows,
 * doubles, no locks.
 */
final class Accounts {

  private static final UUID TOPUPS = UUID.fromString("6f1b3f0e-9c1a-4f6e-8f4a-2c9a5b7d1e30");
  private static final OffsetDateTime NOW =
      OffsetDateTime.of(2026, 4, 8, 11, 0, 0, 0, ZoneOffset.UTC);

  private final Jdbi jdbi;

  Accounts(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A quota row as accounts holds it between reading and writing it. */
  record QuotaRow(
      long remaining,
      double balance,
      boolean arrears,
      @Nullable OffsetDateTime arrearsSince,
      String throttleState,
      String suspendState,
      @Nullable OffsetDateTime lastRatedBucketAt,
      @Nullable OffsetDateTime periodStart,
      @Nullable OffsetDateTime periodEnd,
      String proxyAccessState) {

    static final QuotaRow NEW = new QuotaRow(0, 0, false, null, "", "", null, null, null, "");

    QuotaRow remaining(long bytes) {
      return new QuotaRow(
          bytes,
          balance,
          arrears,
          arrearsSince,
          throttleState,
          suspendState,
          lastRatedBucketAt,
          periodStart,
          periodEnd,
          proxyAccessState);
    }

    QuotaRow balance(double amount) {
      return new QuotaRow(
          remaining,
          amount,
          arrears,
          arrearsSince,
          throttleState,
          suspendState,
          lastRatedBucketAt,
          periodStart,
          periodEnd,
          proxyAccessState);
    }

    QuotaRow period(String start, String end) {
      return new QuotaRow(
          remaining,
          balance,
          arrears,
          arrearsSince,
          throttleState,
          suspendState,
          lastRatedBucketAt,
          OffsetDateTime.parse(start),
          OffsetDateTime.parse(end),
          proxyAccessState);
    }
  }

  /**
   * Tops an account up: a ledger row, then the whole quota row.
   *
   * @throws RuntimeException of the database if the payment was posted before
   */
  void topUp(UUID account, String payment, String amount) {
    QuotaRow row = read(account);
    double balance = row.balance() + Double.parseDouble(amount);
    post(account, uuid5(TOPUPS, payment), "topup", amount, balance, "stripe:" + payment);
    write(account, row.balance(balance));
  }

  /** Adjusts a balance by hand. */
  void adjust(UUID account, String amount) {
    QuotaRow row = read(account);
    double balance = row.balance() + Double.parseDouble(amount);
    post(account, UUID.randomUUID(), "manual_adjustment", amount, balance, "manual");
    write(account, row.balance(balance));
  }

  private void post(
      UUID account, UUID id, String type, String amount, double balanceAfter, String rule) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO billing_ledger
                       (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
                        amount_delta, balance_after, pricing_rule_version, created_at)
                VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
                """,
                id,
                account,
                NOW,
                NOW,
                type,
                decimal(Double.parseDouble(amount)),
                decimal(balanceAfter),
                rule,
                NOW));
  }

  /** Reads the whole quota row, changes it, writes the whole row. */
  void saveQuota(UUID account, UnaryOperator<QuotaRow> change) {
    write(account, change.apply(read(account)));
  }

  /** The quota row as it stands. */
  QuotaRow read(UUID account) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT remaining_included_quota, current_balance, arrears, arrears_since,
                           throttle_state, suspend_state, last_rated_bucket_at, period_start,
                           period_end, proxy_access_state
                      FROM account_quota_states
                     WHERE account_uuid = ?
                    """,
                    account)
                .map(
                    (rs, ctx) ->
                        new QuotaRow(
                            rs.getLong(1),
                            Double.parseDouble(rs.getString(2)),
                            rs.getBoolean(3),
                            rs.getObject(4, OffsetDateTime.class),
                            rs.getString(5),
                            rs.getString(6),
                            rs.getObject(7, OffsetDateTime.class),
                            rs.getObject(8, OffsetDateTime.class),
                            rs.getObject(9, OffsetDateTime.class),
                            rs.getString(10)))
                .findOne()
                .orElse(QuotaRow.NEW));
  }

  /** Writes a whole quota row. */
  void write(UUID account, QuotaRow row) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO account_quota_states
                       (account_uuid, remaining_included_quota, current_balance, arrears,
                        arrears_since, throttle_state, suspend_state, last_rated_bucket_at,
                        period_start, period_end, proxy_access_state, effective_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now(), now())
                    ON CONFLICT (account_uuid) DO UPDATE
                   SET remaining_included_quota = EXCLUDED.remaining_included_quota,
                       current_balance = EXCLUDED.current_balance,
                       arrears = EXCLUDED.arrears,
                       arrears_since = EXCLUDED.arrears_since,
                       throttle_state = EXCLUDED.throttle_state,
                       suspend_state = EXCLUDED.suspend_state,
                       last_rated_bucket_at = EXCLUDED.last_rated_bucket_at,
                       period_start = EXCLUDED.period_start,
                       period_end = EXCLUDED.period_end,
                       proxy_access_state = EXCLUDED.proxy_access_state,
                       effective_at = EXCLUDED.effective_at,
                       updated_at = EXCLUDED.updated_at
                """,
                account,
                row.remaining(),
                decimal(row.balance()),
                row.arrears(),
                row.arrearsSince(),
                row.throttleState(),
                row.suspendState(),
                row.lastRatedBucketAt(),
                row.periodStart(),
                row.periodEnd(),
                row.proxyAccessState()));
  }

  /** Writes a profile with a price. */
  void saveProfile(UUID account, double pricePerByte) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO account_billing_profiles (account_uuid, base_price_per_byte)
                VALUES (?, ?)
                    ON CONFLICT (account_uuid) DO UPDATE
                   SET base_price_per_byte = EXCLUDED.base_price_per_byte, updated_at = now()
                """,
                account,
                pricePerByte));
  }

  /** Upserts against the keys of buckets and checkpoints, as older tools do. */
  void upsertBucketAndCheckpoint(UUID account, String node) {
    jdbi.useHandle(handle -> upsert(handle, account, node));
  }

  private static void upsert(Handle handle, UUID account, String node) {
    handle.execute(
        """
        INSERT INTO traffic_minute_buckets
               (bucket_start, node_id, account_uuid, region, line_code, total_bytes, multiplier)
        VALUES (?, ?, ?, '', '', 1, 1.5::float8)
            ON CONFLICT (bucket_start, node_id, account_uuid, region, line_code) DO UPDATE
           SET total_bytes = traffic_minute_buckets.total_bytes + EXCLUDED.total_bytes
        """,
        NOW,
        node,
        account);
    handle.execute(
        """
        INSERT INTO traffic_stat_checkpoints (node_id, account_uuid, last_seen_at)
        VALUES (?, ?, ?)
            ON CONFLICT (node_id, account_uuid) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at
        """,
        node,
        account,
        NOW);
  }

  /** A double as the Go driver sends it to a NUMERIC: its shortest decimal. */
  private static BigDecimal decimal(double value) {
    return new BigDecimal(Double.toString(value));
  }

  private static UUID uuid5(UUID namespace, String name) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(
          ByteBuffer.allocate(16)
              .putLong(namespace.getMostSignificantBits())
              .putLong(namespace.getLeastSignificantBits())
              .array());
      ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
      long high = (hash.getLong() & ~0xF000L) | 0x5000L;
      long low = (hash.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
      return new UUID(high, low);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
