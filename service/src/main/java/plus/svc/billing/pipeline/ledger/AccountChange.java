package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What readers of {@code account_quota_states} are to see of an account: differences, never whole
 * values.
 *
 * @param moreBalance to add to the balance
 * @param moreRemaining to add to the remaining quota
 * @param ratedAt newest minute rated, null if none was
 */
public record AccountChange(
    UUID account,
    BigDecimal moreBalance,
    long moreRemaining,
    @Nullable Instant ratedAt,
    Standing standing) {

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
