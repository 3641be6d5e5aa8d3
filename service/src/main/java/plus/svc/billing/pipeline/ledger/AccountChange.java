package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an account's row in {@code account_quota_states}: differences where readers and
 * other writers look, whole values in the columns that are ours alone.
 *
 * @param moreBalance to add to the balance
 * @param moreRemaining to add to the remaining quota
 * @param ratedAt newest minute rated, null if none was
 * @param lastEntryAt place of its newest entry in its history, null before the first
 * @param before what our columns held, null if the account is opened only now
 * @param kept what our columns are to hold
 */
public record AccountChange(
    UUID account,
    BigDecimal moreBalance,
    long moreRemaining,
    @Nullable Instant ratedAt,
    @Nullable Instant lastEntryAt,
    Standing standing,
    @Nullable Kept before,
    Kept kept) {

  /**
   * What is kept of an account beside what readers see.
   *
   * @param balance exact, the sum of its ledger rows
   * @param shownRemaining {@code remaining_included_quota} as we left it
   * @param shownPeriod {@code period_start} as we last saw it
   * @param arrearsReason of the arrears, {@code ""} if we know of none
   * @param suspendReason of a suspension of ours, {@code ""} if there is none
   * @param period the newest quota period, null before the first
   */
  public record Kept(
      BigDecimal balance,
      long shownRemaining,
      @Nullable Instant shownPeriod,
      String arrearsReason,
      String suspendReason,
      @Nullable Period period) {}

  /** A quota period with what was taken of it. */
  public record Period(
      Instant start,
      Instant end,
      long granted,
      long used,
      long charged,
      @Nullable Instant lastIncludedAt,
      Instant lastGrantedAt) {

    /** Whether only usage tells the two apart. */
    boolean differsInUsageOnly(Period other) {
      return start.equals(other.start)
          && end.equals(other.end)
          && granted == other.granted
          && lastGrantedAt.equals(other.lastGrantedAt);
    }
  }

  /** Whether the account stays as it was. */
  boolean isNothing() {
    return before != null
        && moreBalance.signum() == 0
        && moreRemaining == 0
        && standing.equals(Standing.SAME)
        && before.balance().compareTo(kept.balance()) == 0
        && before.shownRemaining() == kept.shownRemaining()
        && Objects.equals(before.shownPeriod(), kept.shownPeriod())
        && before.arrearsReason().equals(kept.arrearsReason())
        && before.suspendReason().equals(kept.suspendReason())
        && Objects.equals(before.period(), kept.period());
  }

  /** Whether nothing happened but usage: the balance and the newest period's usage move. */
  public boolean isPlainUsage() {
    return before != null
        && ratedAt != null
        && standing.equals(Standing.SAME)
        && before.balance().add(moreBalance).compareTo(kept.balance()) == 0
        && before.shownRemaining() + moreRemaining == kept.shownRemaining()
        && Objects.equals(before.shownPeriod(), kept.shownPeriod())
        && before.arrearsReason().equals(kept.arrearsReason())
        && before.suspendReason().equals(kept.suspendReason())
        && before.period() != null
        && kept.period() != null
        && before.period().differsInUsageOnly(kept.period());
  }

  /**
   * What becomes of arrears and suspension.
   *
   * @param arrears TRUE begins an episode, FALSE ends it, null leaves it
   * @param since when the episode began
   * @param throttled whether to throttle, null leaves it
   * @param lift whether a suspension of ours ends
   */
  public record Standing(
      @Nullable Boolean arrears,
      @Nullable Instant since,
      @Nullable Boolean throttled,
      boolean lift) {

    /** Everything stays. */
    public static final Standing SAME = new Standing(null, null, null, false);
  }
}
