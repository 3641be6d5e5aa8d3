package plus.svc.billing.pipeline.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PeriodRating;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatedBucket;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.quantity.Minutes;

/** Rates the touched buckets of an account, and every other bucket whose cost that changes. */
final class Posting {

  private final Buckets buckets;
  private final Periods periods;
  private final RatingPolicy policy;

  Posting(Buckets buckets, Periods periods, RatingPolicy policy) {
    this.buckets = buckets;
    this.periods = periods;
    this.policy = policy;
  }

  /** How many ledger rows a bucket has once its difference is posted. */
  static int revisionAfter(RatedBucket bucket) {
    return bucket.revision() + (needsEntry(bucket) ? 1 : 0);
  }

  /** A bucket gets a row when it is first rated, and one for each change of its cost. */
  static boolean needsEntry(RatedBucket bucket) {
    return bucket.revision() == 0 || bucket.moreAmount().signum() != 0 || bucket.moreCharged() != 0;
  }

  /** Rates an account; its quotas and changed buckets then hold what is to be written. */
  void rate(Account account) {
    account.touched.sort(RatedBucket.ORDER);
    PeriodRating rating = new PeriodRating(account.prices(), policy.peakHours());
    long lastRated =
        account.lastRatedAt == null ? Long.MIN_VALUE : Minutes.floor(account.lastRatedAt);
    Map<Instant, List<RatedBucket>> byPeriod = new HashMap<>();
    for (RatedBucket bucket : account.touched) {
      Quota quota = periods.at(account, Minutes.start(bucket.minute()));
      byPeriod.computeIfAbsent(quota.start(), start -> new ArrayList<>()).add(bucket);
    }
    for (Instant period : account.rerate) {
      byPeriod.computeIfAbsent(period, start -> new ArrayList<>());
    }
    for (Instant start : byPeriod.keySet().stream().sorted().toList()) {
      ratePeriod(account, rating, start, byPeriod.getOrDefault(start, List.of()), lastRated);
    }
    account.changed.removeIf(bucket -> !bucket.changed());
    account.changed.sort(RatedBucket.ORDER);
    for (RatedBucket bucket : account.changed) {
      account.charges = account.charges.add(bucket.moreAmount());
    }
    for (RatedBucket bucket : account.touched) {
      Instant minute = Minutes.start(bucket.minute());
      if (account.lastRatedAt == null || minute.isAfter(account.lastRatedAt)) {
        account.lastRatedAt = minute;
      }
    }
  }

  private void ratePeriod(
      Account account,
      PeriodRating rating,
      Instant start,
      List<RatedBucket> touched,
      long lastRated) {
    @Nullable Quota quota = account.quotas.get(start);
    if (quota == null) {
      throw new IllegalStateException("a period to be rated has a quota");
    }
    boolean whole = account.rerate.contains(start);
    Optional<Quota> after = whole ? Optional.empty() : rating.rateAlone(touched, quota, lastRated);
    if (after.isPresent()) {
      account.put(after.get());
      account.changed.addAll(touched);
    } else {
      account.put(walk(account, rating, quota, touched, whole));
    }
  }

  /** Walks the period's buckets from the first touched one until nothing changes any more. */
  private Quota walk(
      Account account, PeriodRating rating, Quota quota, List<RatedBucket> touched, boolean whole) {
    Instant from = whole ? quota.start() : Minutes.start(touched.get(0).minute());
    Instant until = account.endOf(quota);
    long includedBefore = buckets.sumsBetween(account.id, quota.start(), from).included();
    PeriodRating.Walk walk = rating.walkFrom(Minutes.floor(from), quota, includedBefore);
    Merge merge = new Merge(account, from, until, touched);
    @Nullable RatedBucket bucket = merge.next();
    while (bucket != null) {
      walk.rate(bucket);
      if (bucket.changed()) {
        account.changed.add(bucket);
      }
      if (!whole && merge.touchedDone() && walk.settled()) {
        break;
      }
      bucket = merge.next();
    }
    return walk.quota();
  }

  /** The stored buckets in order, with the touched ones in their places. */
  private final class Merge {

    private final Account account;
    private final Instant until;
    private final List<RatedBucket> touched;
    private List<RatedBucket> chunk;
    private int chunkAt;
    private int touchedAt;

    Merge(Account account, Instant from, Instant until, List<RatedBucket> touched) {
      this.account = account;
      this.until = until;
      this.touched = touched;
      this.chunk = buckets.chunk(account.id, from, "", "", until);
    }

    boolean touchedDone() {
      return touchedAt == touched.size();
    }

    @Nullable RatedBucket next() {
      @Nullable RatedBucket stored = peek();
      if (touchedDone()) {
        chunkAt++;
        return stored;
      }
      RatedBucket mine = touched.get(touchedAt);
      int order = stored == null ? -1 : RatedBucket.ORDER.compare(mine, stored);
      if (order > 0) {
        chunkAt++;
        return stored;
      }
      if (order == 0) {
        chunkAt++;
      }
      touchedAt++;
      return mine;
    }

    private @Nullable RatedBucket peek() {
      if (chunkAt == chunk.size() && !chunk.isEmpty()) {
        RatedBucket last = chunk.get(chunk.size() - 1);
        chunk =
            buckets.chunk(
                account.id, Minutes.start(last.minute()), last.node(), last.line(), until);
        chunkAt = 0;
      }
      return chunkAt < chunk.size() ? chunk.get(chunkAt) : null;
    }
  }
}
