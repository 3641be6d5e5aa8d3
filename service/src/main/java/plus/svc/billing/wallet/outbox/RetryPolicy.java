package plus.svc.billing.wallet.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a failed delivery is tried again, and when no more.
 *
 * @param firstPause after the first failure; doubles with each further one
 * @param longestPause at most so long
 * @param mostAttempts after so many a delivery is a dead letter
 * @param longestAge a delivery that failed and is older is a dead letter
 */
public record RetryPolicy(
    Duration firstPause, Duration longestPause, int mostAttempts, Duration longestAge) {

  private static final int MOST_DOUBLINGS = 30;

  public RetryPolicy {
    if (firstPause.isZero() || firstPause.isNegative() || firstPause.compareTo(longestPause) > 0) {
      throw new IllegalArgumentException(
          "firstPause is " + firstPause + ": must be above 0 and at most " + longestPause);
    }
  }

  /**
   * How long to wait after a failure: by chance between half and all of the doubled pause, so that
   * what failed together is not tried together again.
   *
   * @param attempts how often it was tried, 1 or more
   */
  Duration pauseAfter(int attempts, RandomGenerator random) {
    long most = longestPause.toMillis();
    long doubled = Math.max(1, firstPause.toMillis()) << Math.min(attempts - 1, MOST_DOUBLINGS);
    long whole = doubled <= 0 ? most : Math.min(most, doubled);
    return Duration.ofMillis(whole - random.nextLong(whole / 2 + 1));
  }
}
