package plus.svc.billing.pipeline.rating;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.InvariantViolation;
import plus.svc.billing.quantity.Minutes;

/**
 * An account's free quota of one meter in one period.
 *
 * @param start first instant of the period, {@code end} the first after it
 * @param granted units granted in all
 * @param used free units taken, {@code 0 <= used <= granted} unless a grant was taken back
 * @param charged units of the period that were charged
 * @param lastIncludedMinute newest epoch minute that took free units, {@link Long#MIN_VALUE} if
 *     none
 * @param grants what was granted when, ascending
 */
public record Quota(
    Instant start,
    Instant end,
    long granted,
    long used,
    long charged,
    long lastIncludedMinute,
    List<Grant> grants) {

  /**
   * Free units given from an instant on; negative if taken back.
   *
   * @param origin who gave it: {@code plan}, {@code adopted} or {@code accounts}
   */
  public record Grant(Instant effectiveAt, long amount, String origin) {}

  public Quota {
    grants = List.copyOf(grants);
  }

  /** Whether an instant lies in the period. */
  public boolean covers(Instant instant) {
    return !instant.isBefore(start) && instant.isBefore(end);
  }

  /** Free units left. */
  public long remaining() {
    return Math.max(0, granted - used);
  }

  /** Start of the newest minute that took free units, null if none. */
  public @Nullable Instant lastIncludedAt() {
    return lastIncludedMinute == Long.MIN_VALUE ? null : Minutes.start(lastIncludedMinute);
  }

  /** When the newest grant came into force. */
  public Instant lastGrantedAt() {
    return grants.isEmpty() ? start : grants.get(grants.size() - 1).effectiveAt();
  }

  /** With one more grant. */
  public Quota with(Grant grant) {
    List<Grant> more = new ArrayList<>(grants);
    more.add(grant);
    more.sort(Comparator.comparing(Grant::effectiveAt));
    return new Quota(
        start,
        end,
        Math.addExact(granted, grant.amount()),
        used,
        charged,
        lastIncludedMinute,
        more);
  }

  /** With its whole history of grants, which must add up to what was granted. */
  public Quota grantedBy(List<Grant> history) {
    long sum = history.stream().mapToLong(Grant::amount).sum();
    if (sum != granted) {
      throw new InvariantViolation(
          "quota from " + start + ": grants add up to " + sum + ", granted is " + granted);
    }
    return new Quota(start, end, granted, used, charged, lastIncludedMinute, history);
  }

  /** The same quota with what its buckets say was taken of it. */
  public Quota withUsage(long usedUnits, long chargedUnits) {
    return usedUnits == used && chargedUnits == charged
        ? this
        : new Quota(start, end, granted, usedUnits, chargedUnits, lastIncludedMinute, grants);
  }

  /** The same quota with another end, less the usage that now falls under another period. */
  public Quota endingAt(Instant newEnd, long usedSince, long chargedSince) {
    return new Quota(
        start,
        newEnd,
        granted,
        used - usedSince,
        charged - chargedSince,
        lastIncludedMinute,
        grants);
  }

  Quota after(long moreUsed, long moreCharged, long includedMinute) {
    return new Quota(
        start,
        end,
        granted,
        Math.addExact(used, moreUsed),
        Math.addExact(charged, moreCharged),
        includedMinute,
        grants);
  }
}
