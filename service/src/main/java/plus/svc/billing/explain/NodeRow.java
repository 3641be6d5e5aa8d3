package plus.svc.billing.explain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.MeterPolicy;
import plus.svc.billing.platform.Micros;

/**
 * A node, as far as explaining needs it.
 *
 * @param composed its name in the shared tables
 * @param archiveFrom no evidence before it is left; null if all is
 */
public record NodeRow(
    int nodeKey,
    String env,
    String node,
    String composed,
    boolean countFirst,
    Instant billingFrom,
    @Nullable Instant archiveFrom) {

  MeterPolicy policy() {
    return new MeterPolicy(countFirst, Micros.of(billingFrom));
  }

  boolean prunedAt(Instant instant) {
    return archiveFrom != null && instant.isBefore(archiveFrom);
  }
}
