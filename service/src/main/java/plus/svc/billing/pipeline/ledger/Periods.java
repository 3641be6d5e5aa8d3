package plus.svc.billing.pipeline.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * Which quota an instant falls under: the period that accounts wrote, else the calendar month. A
 * period is made when it is first needed, with what the account's plan grants at its start.
 */
final class Periods {

  private final Buckets buckets;
  private final RatingPolicy policy;
  private final Instant now;

  Periods(Buckets buckets, RatingPolicy policy, Instant now) {
    this.buckets = buckets;
    this.policy = policy;
    this.now = now;
  }

  /** The quota for an instant, made if there is none. */
  Quota at(Account account, Instant instant) {
    if (account.quotas.isEmpty()) {
      makeFirst(account);
    }
    @Nullable Quota known = account.quotaAt(instant);
    if (known != null) {
      return known;
    }
    return make(
        account,
        policy.monthStart(instant),
        policy.monthEnd(instant),
        instant,
        account.prices().at(policy.monthStart(instant)).includedQuotaBytes(),
        "plan");
  }

  /** The first quota we keep for an account is what it has left. */
  private void makeFirst(Account account) {
    Account.Shared shared = account.shared;
    @Nullable Instant start = shared.periodStart();
    @Nullable Instant end = shared.periodEnd();
    if (start != null && end != null && start.isBefore(end) && !start.isAfter(now)) {
      make(account, start, end, now, shared.remaining(), "adopted");
    } else {
      Instant then = lastInEffect(account);
      make(
          account,
          policy.monthStart(then),
          policy.monthEnd(then),
          then,
          shared.remaining(),
          "adopted");
    }
    account.shownRemaining = shared.remaining();
    account.shownPeriod = start;
  }

  /**
   * When the remaining quota last was what it is now: of an account that an earlier writer rated,
   * what is left belongs to the month it was left in, and the month after that has its own.
   */
  private Instant lastInEffect(Account account) {
    @Nullable Instant rated = account.lastRatedAt;
    if (rated == null) {
      return now;
    }
    Instant effective = account.shared.effectiveAt();
    Instant then = effective.isAfter(rated) ? effective : rated;
    return then.isBefore(now) ? then : now;
  }

  private Quota make(
      Account account, Instant start, Instant end, Instant within, long granted, String origin) {
    Instant from = start;
    Instant until = end;
    Map.@Nullable Entry<Instant, Quota> before = account.quotas.floorEntry(within);
    if (before != null && before.getValue().end().isAfter(from)) {
      from = before.getValue().end();
    }
    @Nullable Instant next = account.quotas.higherKey(within);
    if (next != null && next.isBefore(until)) {
      until = next;
    }
    Quota.Grant grant = new Quota.Grant(from, granted, origin);
    Quota quota = new Quota(from, until, granted, 0, 0, Long.MIN_VALUE, List.of(grant));
    account.put(quota);
    account.newGrants.add(new Account.NewGrant(from, grant));
    return quota;
  }

  /**
   * Begins the period that accounts wrote. What was rated since its start now falls under it: the
   * free bytes taken since are granted on top, so that what accounts says remains does remain, and
   * the buckets are rated anew.
   */
  void begin(Account account) {
    Instant start = requireInstant(account.shared.periodStart());
    Instant end = requireInstant(account.shared.periodEnd());
    Buckets.Sums since = buckets.sumsFrom(account.id, start);
    NavigableMap<Instant, Quota> replaced = account.quotas.tailMap(start, true);
    account.replacedPeriods.addAll(replaced.keySet());
    replaced.clear();
    Map.@Nullable Entry<Instant, Quota> before = account.quotas.lowerEntry(start);
    if (before != null && before.getValue().end().isAfter(start)) {
      account.put(before.getValue().endingAt(start, 0, 0));
    }
    long granted = Math.addExact(account.shared.remaining(), since.included());
    Quota.Grant grant = new Quota.Grant(start, granted, "accounts");
    account.put(
        new Quota(
            start,
            end,
            granted,
            since.included(),
            since.charged(),
            Long.MIN_VALUE,
            List.of(grant)));
    settleTruncated(account, before == null ? null : before.getKey(), start);
    account.newGrants.add(new Account.NewGrant(start, grant));
    account.shownRemaining = account.shared.remaining();
    account.shownPeriod = start;
    if (since.any()) {
      account.rerate.add(start);
    }
  }

  /** The period before keeps only what was rated up to the new one's start. */
  private void settleTruncated(Account account, @Nullable Instant key, Instant start) {
    @Nullable Quota truncated = key == null ? null : account.quotas.get(key);
    if (truncated == null || !truncated.end().equals(start)) {
      return;
    }
    Buckets.Sums kept = buckets.sumsBetween(account.id, truncated.start(), start);
    account.put(
        truncated.endingAt(
            start, truncated.used() - kept.included(), truncated.charged() - kept.charged()));
  }

  private static Instant requireInstant(@Nullable Instant instant) {
    if (instant == null) {
      throw new IllegalStateException("a period has a start and an end");
    }
    return instant;
  }
}
