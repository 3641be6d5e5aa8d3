package plus.svc.billing.bench;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/** An account with a long past: rows as the wallet writes them, made in the server. */
final class Operations {

  /** When the newest of them was posted; one every millisecond before. */
  static final Instant END = Instant.parse("2026-01-01T00:00:00Z");

  private Operations() {}

  /** Adds operations until there are {@code until} of them. */
  static void grow(Database database, UUID account, long from, long until) throws SQLException {
    database.execute(
        String.format(
            Locale.ROOT,
            """
            INSERT INTO public.billing_ledger
                   (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
                    amount_delta, balance_after, created_at, operation_id)
            SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
                    || '8000800000000000' || lpad(to_hex(i %% 65536), 4, '0'))::uuid,
                   '%1$s', at, at, 'credit', 0, 1, %3$d - i + 1, at, gen_random_uuid()
              FROM (SELECT i, '%4$s'::timestamptz - i * interval '1 millisecond' AS at
                      FROM generate_series(%2$d, %3$d - 1) AS i) AS made
            """,
            account,
            from,
            until,
            END),
        "VACUUM ANALYZE public.billing_ledger");
  }
}
