package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.rating.PriceBook;
import plus.svc.billing.pipeline.rating.PriceTerms;
import plus.svc.billing.pipeline.rating.Quota;
import plus.svc.billing.pipeline.rating.RatedBucket;

/** An account within one transaction: locked, as it stood, and what the transaction makes of it. */
final class Account {

  private static final Instant FAR_FUTURE = Instant.parse("9999-12-31T00:00:00Z");

  private static final int NOT_LOCKED = -1;

  final UUID id;
  final List<RatedBucket> touched = new ArrayList<>();
  final List<RatedBucket> changed = new ArrayList<>();
  final TreeMap<Instant, Quota> quotas = new TreeMap<>();

  /** Older periods as they are stored; the newest one is part of the account's row. */
  final TreeMap<Instant, Quota> pastBefore = new TreeMap<>();

  final List<NewGrant> newGrants = new ArrayList<>();

  /** Periods that accounts wrote another one over: what was granted in them is void. */
  final List<Instant> replacedPeriods = new ArrayList<>();

  BigDecimal balance = BigDecimal.ZERO;
  BigDecimal opening = BigDecimal.ZERO;
  BigDecimal charges = BigDecimal.ZERO;
  long shownRemaining;
  @Nullable Instant shownPeriod;
  @Nullable Instant lastRatedAt;
  String arrearsReason = "";
  String suspendReason = "";
  Shared shared = Shared.ABSENT;
  AccountChange.@Nullable Kept before;
  @Nullable PriceBook prices;

  /** As the account's row counted under its lock, {@link #NOT_LOCKED} while it has none. */
  int priceChanges = NOT_LOCKED;

  @Nullable PriceTerms newPrice;
  boolean opened;

  /** Whether its row was made in this turn, with all that others posted to it before. */
  boolean made;

  /** Whether the newest period was granted to more than once. */
  boolean manyGrants;

  boolean folded;

  /** What was taken in and is not yet part of the shown balance. */
  BigDecimal unshown = BigDecimal.ZERO;

  /** Place of its newest entry in its history, null before the first. */
  @Nullable Instant lastEntryAt;

  /** Starts of the periods all of whose buckets must be rated anew. */
  final Set<Instant> rerate = new HashSet<>();

  /** What is added to the shown balance aside from charges, where it had drifted. */
  BigDecimal shownMend = BigDecimal.ZERO;

  /** What was added to the usage of its quotas, where it was not that of its buckets. */
  final List<Repaired.Taken> quotaMends = new ArrayList<>();

  /** What was added to the exact balance, where it was not the sum of the ledger. */
  BigDecimal exactMend = BigDecimal.ZERO;

  Account(UUID id) {
    this.id = id;
  }

  /** A grant to be recorded. */
  record NewGrant(Instant periodStart, Quota.Grant grant) {}

  /** What accounts writes too in the account's row, as read under its lock. */
  record Shared(
      long remaining,
      BigDecimal balance,
      boolean arrears,
      boolean throttled,
      Instant effectiveAt,
      @Nullable Instant periodStart,
      @Nullable Instant periodEnd) {

    static final Shared ABSENT =
        new Shared(0, BigDecimal.ZERO, false, false, Instant.EPOCH, null, null);
  }

  /** Whether its row is there and was locked. */
  boolean isLocked() {
    return priceChanges != NOT_LOCKED;
  }

  /** What of the account is kept in its row, as it stands now. */
  AccountChange.Kept kept() {
    return new AccountChange.Kept(
        balanceAfter(),
        shownRemaining,
        shownPeriod,
        arrearsReason,
        suspendReason,
        quotas.isEmpty() ? null : period(quotas.lastEntry().getValue()));
  }

  private static AccountChange.Period period(Quota quota) {
    return new AccountChange.Period(
        quota.start(),
        quota.end(),
        quota.granted(),
        quota.used(),
        quota.charged(),
        quota.lastIncludedAt(),
        quota.lastGrantedAt());
  }

  PriceBook prices() {
    if (prices == null) {
      throw new IllegalStateException("prices of an account were not loaded");
    }
    return prices;
  }

  void put(Quota quota) {
    quotas.put(quota.start(), quota);
  }

  void grant(Quota quota, Quota.Grant grant) {
    put(quota.with(grant));
    newGrants.add(new NewGrant(quota.start(), grant));
  }

  /** The quota an instant falls under; the newest one that accounts wrote stays open at its end. */
  @Nullable Quota quotaAt(Instant instant) {
    Map.@Nullable Entry<Instant, Quota> entry = quotas.floorEntry(instant);
    if (entry == null) {
      return null;
    }
    Quota quota = entry.getValue();
    boolean open =
        entry.getKey().equals(quotas.lastKey()) && quota.start().equals(shared.periodStart());
    return open || quota.covers(instant) ? quota : null;
  }

  /** The balance once everything is posted. */
  BigDecimal balanceAfter() {
    return balance.add(opening).add(charges);
  }

  /** Where a quota ends in effect: at the next one's start, or open if accounts wrote it last. */
  Instant endOf(Quota quota) {
    @Nullable Instant next = quotas.higherKey(quota.start());
    if (next != null) {
      return next.isBefore(quota.end()) ? next : quota.end();
    }
    return quota.start().equals(shared.periodStart()) ? FAR_FUTURE : quota.end();
  }

  /** What {@code remaining_included_quota} should show: what is left of the newest period. */
  long remainingToShow() {
    return quotas.isEmpty() ? shownRemaining : quotas.lastEntry().getValue().remaining();
  }
}
