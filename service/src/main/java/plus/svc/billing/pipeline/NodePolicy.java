package plus.svc.billing.pipeline;

import java.time.Instant;
import plus.svc.billing.pipeline.source.FirstSnapshot;

/**
 * How a source's counters are to be read.
 *
 * @param billingFrom snapshots up to and including this instant only make baselines; {@link
 *     Instant#EPOCH} if there is no such bar
 * @param maxBytesPerSecond a faster rise is set aside for a person
 * @param forNewNodes whether it holds for nodes that are not known yet only; else the guard of a
 *     known node follows the policy (the rest is fixed at first contact anyway)
 */
public record NodePolicy(
    FirstSnapshot firstSnapshot, Instant billingFrom, long maxBytesPerSecond, boolean forNewNodes) {

  /** A policy that also sets the guard of known nodes. */
  public NodePolicy(FirstSnapshot firstSnapshot, Instant billingFrom, long maxBytesPerSecond) {
    this(firstSnapshot, billingFrom, maxBytesPerSecond, false);
  }

  public NodePolicy {
    if (maxBytesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "max_bytes_per_second is " + maxBytesPerSecond + ": must be above 0");
    }
  }

  /** The same, with a later bar. */
  NodePolicy billingFrom(Instant later) {
    return new NodePolicy(firstSnapshot, later, maxBytesPerSecond, forNewNodes);
  }
}
