package plus.svc.billing.pipeline;

import java.time.Instant;
import plus.svc.billing.pipeline.source.FirstSnapshot;

/**
 * How a source's counters are to be read.
 *
 * @param billingFrom snapshots up to and including this instant only make baselines; {@link
 *     Instant#EPOCH} if there is no such bar
 * @param maxBytesPerSecond a faster rise is set aside for a person
 */
public record NodePolicy(FirstSnapshot firstSnapshot, Instant billingFrom, long maxBytesPerSecond) {

  public NodePolicy {
    if (maxBytesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "max_bytes_per_second is " + maxBytesPerSecond + ": must be above 0");
    }
  }

  /** The same, with a later bar. */
  NodePolicy billingFrom(Instant later) {
    return new NodePolicy(firstSnapshot, later, maxBytesPerSecond);
  }
}
