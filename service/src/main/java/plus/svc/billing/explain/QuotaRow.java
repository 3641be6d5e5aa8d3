package plus.svc.billing.explain;

import java.time.Instant;

/**
 * A quota period of traffic up to an instant.
 *
 * @param granted bytes granted from its start up to the instant
 * @param used free bytes that its buckets took before that
 * @param charged bytes of it that were charged before that
 */
public record QuotaRow(
    Instant periodStart, Instant periodEnd, long granted, long used, long charged) {

  long remaining() {
    return Math.max(0, granted - used);
  }
}
