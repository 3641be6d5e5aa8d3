package plus.svc.billing.pipeline.rating;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import plus.svc.billing.quantity.Minutes;

/**
 * Rates an account's buckets of one period. The free quota goes to the period's usage in the order
 * (minute, node, line), each grant from its instant on; the rest is charged. That is a function of
 * the whole period; where the touched buckets alone decide it, nothing else is read.
 */
public final class PeriodRating {

  private final PriceBook prices;
  private final PeakHours peakHours;

  public PeriodRating(PriceBook prices, PeakHours peakHours) {
    this.prices = prices;
    this.peakHours = peakHours;
  }

  /**
   * Rates the touched buckets from the quota alone, if that is possible.
   *
   * @param touched buckets of the period with new bytes, in {@link RatedBucket#ORDER}
   * @param lastRatedMinute newest minute of the account rated so far, {@link Long#MIN_VALUE} if
   *     none
   * @return the quota after it, or empty if earlier or later buckets of the period decide
   */
  public Optional<Quota> rateAlone(List<RatedBucket> touched, Quota quota, long lastRatedMinute) {
    RatedBucket earliest = touched.get(0);
    boolean grantsSettled =
        quota.grants().size() <= 1
            || !Minutes.start(earliest.minute()).isBefore(quota.lastGrantedAt());
    boolean metered = touched.stream().noneMatch(this::unlimited);
    if (!grantsSettled || touched.stream().anyMatch(RatedBucket::isMended)) {
      return Optional.empty();
    }
    long more = touched.stream().mapToLong(RatedBucket::moreBytes).sum();
    boolean allFree = metered && quota.charged() == 0 && more <= quota.remaining();
    boolean allCharged =
        quota.granted() <= quota.used() && earliest.minute() > quota.lastIncludedMinute();
    boolean inOrder =
        earliest.minute() > lastRatedMinute && touched.stream().noneMatch(RatedBucket::isPosted);
    if (!allFree && !allCharged && !inOrder) {
      return Optional.empty();
    }
    // What the touched buckets took before is theirs to take again.
    long taken = touched.stream().mapToLong(RatedBucket::postedIncluded).sum();
    Walk walk = new Walk(quota, quota.granted() - quota.used() + taken);
    for (RatedBucket bucket : touched) {
      walk.rate(bucket);
    }
    return Optional.of(walk.quota());
  }

  /**
   * Begins a walk over the period's buckets from a minute on.
   *
   * @param includedBefore free units that the period's buckets before that minute took
   */
  public Walk walkFrom(long minute, Quota quota, long includedBefore) {
    Instant start = Minutes.start(minute);
    long granted =
        quota.grants().stream()
            .filter(grant -> !grant.effectiveAt().isAfter(start))
            .mapToLong(Quota.Grant::amount)
            .sum();
    int next =
        (int) quota.grants().stream().filter(grant -> !grant.effectiveAt().isAfter(start)).count();
    return new Walk(quota, granted - includedBefore, next);
  }

  private boolean unlimited(RatedBucket bucket) {
    return prices.at(Minutes.start(bucket.minute())).unlimited();
  }

  /** Rates bucket after bucket in order, giving out what remains. */
  public final class Walk {

    private final Quota quota;
    private long remaining;
    private int nextGrant;
    private long moreUsed;
    private long moreCharged;
    private long lastIncluded;

    private Walk(Quota quota, long remaining) {
      this(quota, remaining, quota.grants().size());
    }

    private Walk(Quota quota, long remaining, int nextGrant) {
      this.quota = quota;
      this.remaining = remaining;
      this.nextGrant = nextGrant;
      this.lastIncluded = quota.lastIncludedMinute();
    }

    /** Rates the next bucket. */
    public void rate(RatedBucket bucket) {
      Instant start = Minutes.start(bucket.minute());
      while (nextGrant < quota.grants().size()
          && !quota.grants().get(nextGrant).effectiveAt().isAfter(start)) {
        remaining = Math.addExact(remaining, quota.grants().get(nextGrant).amount());
        nextGrant++;
      }
      PriceTerms terms = prices.at(start);
      if (terms.unlimited()) {
        bucket.rate(0, bucket.bytes(), terms, BigDecimal.ZERO);
        moreUsed += bucket.moreIncluded();
        return;
      }
      long included = Math.min(Math.max(remaining, 0), bucket.bytes());
      remaining -= included;
      bucket.rate(
          included,
          bucket.bytes() - included,
          terms,
          terms.multiplier(peakHours.phaseOf(bucket.minute())));
      moreUsed += bucket.moreIncluded();
      moreCharged += bucket.moreCharged();
      if (included > 0) {
        lastIncluded = Math.max(lastIncluded, bucket.minute());
      }
    }

    /** Whether later buckets meet what they met before: nothing behind here changes. */
    public boolean settled() {
      return moreUsed == 0;
    }

    /** The period's quota after the buckets walked. */
    public Quota quota() {
      return quota.after(moreUsed, moreCharged, lastIncluded);
    }
  }
}
