package plus.svc.billing.collector;

import java.time.Duration;

/**
 * How the collector works.
 *
 * @param holder names this instance in leases; no two instances at a time may have the same
 * @param workers sources collected at the same time
 * @param pageSnapshots snapshots asked for in one page, 1 to 1000
 * @param firstLookBack how far back the first contact with a source looks
 * @param leaseTime how long, beyond its next turn, a source stays with an instance that is gone
 * @param stopWait how long a stop waits for pages being written; longer than the worst takes
 */
public record CollectorPlan(
    String holder,
    int workers,
    int pageSnapshots,
    Duration firstLookBack,
    Duration leaseTime,
    Duration stopWait) {

  public CollectorPlan {
    if (holder.isBlank()) {
      throw new IllegalArgumentException("the holder of leases is blank");
    }
    if (workers < 1 || pageSnapshots < 1 || pageSnapshots > 1_000) {
      throw new IllegalArgumentException(
          "workers " + workers + ", page of " + pageSnapshots + " snapshots");
    }
    if (firstLookBack.isNegative() || leaseTime.isNegative() || stopWait.isNegative()) {
      throw new IllegalArgumentException("a time below zero");
    }
  }
}
