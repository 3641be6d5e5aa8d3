package plus.svc.billing.collector;

import java.time.Duration;

/**
 * How the collector works.
 *
 * @param holder names this instance in leases; no two instances at a time may have the same
 * @param workers healthy sources collected at the same time; slow and failing ones have a quarter
 *     more each
 * @param pageSnapshots most snapshots asked for in one page, 1 to 1000
 * @param pageSamples about the most samples of one page; bigger nodes are asked for fewer snapshots
 * @param firstLookBack how far back the first contact with a source looks
 * @param leaseTime how long, beyond its next turn, a source stays with an instance that is gone
 * @param slowAfter a source that takes longer over a page is slow
 * @param longestPause between two attempts on a failing source, if its interval isn't longer
 * @param patience how long whoever asks for a collection waits for sources that don't answer
 * @param stopWait how long a stop waits for pages being written; longer than the worst takes
 */
public record CollectorPlan(
    String holder,
    int workers,
    int pageSnapshots,
    int pageSamples,
    Duration firstLookBack,
    Duration leaseTime,
    Duration slowAfter,
    Duration longestPause,
    Duration patience,
    Duration stopWait) {

  public static final int DEFAULT_PAGE_SAMPLES = 20_000;
  private static final Duration DEFAULT_SLOW_AFTER = Duration.ofSeconds(2);
  private static final Duration DEFAULT_LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(20);

  /** A plan with the usual sizes and times. */
  public CollectorPlan(
      String holder,
      int workers,
      int pageSnapshots,
      Duration firstLookBack,
      Duration leaseTime,
      Duration stopWait) {
    this(
        holder,
        workers,
        pageSnapshots,
        DEFAULT_PAGE_SAMPLES,
        firstLookBack,
        leaseTime,
        DEFAULT_SLOW_AFTER,
        DEFAULT_LONGEST_PAUSE,
        DEFAULT_PATIENCE,
        stopWait);
  }

  public CollectorPlan {
    if (holder.isBlank()) {
      throw new IllegalArgumentException("the holder of leases is blank");
    }
    if (workers < 1 || pageSnapshots < 1 || pageSnapshots > 1_000 || pageSamples < 1) {
      throw new IllegalArgumentException(
          "workers "
              + workers
              + ", page of "
              + pageSnapshots
              + " snapshots and "
              + pageSamples
              + " samples");
    }
    if (firstLookBack.isNegative()
        || leaseTime.isNegative()
        || slowAfter.isNegative()
        || longestPause.isNegative()
        || patience.isNegative()
        || stopWait.isNegative()) {
      throw new IllegalArgumentException("a time below zero");
    }
  }
}
