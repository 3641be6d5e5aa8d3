package plus.svc.billing.wallet.outbox;

import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;

/** Looks after the rows: ends what waits for too long, forgets what is over, counts the rest. */
final class OutboxTending {

  private static final Logger LOG = LoggerFactory.getLogger(OutboxTending.class);

  /** Rows a statement: none of them takes long. */
  private static final int BATCH = 5_000;

  private final OutboxDao rows;
  private final OutboxPolicy policy;
  private volatile List<OutboxDao.Standing> standings = List.of();

  OutboxTending(OutboxDao rows, OutboxPolicy policy) {
    this.rows = rows;
    this.policy = policy;
  }

  /** Where the targets stood with the last turn. */
  List<OutboxDao.Standing> standings() {
    return standings;
  }

  /** Several instances may do it at once. */
  void turn() {
    int old = rows.endTheOld(millis(policy.retries().longestAge().plus(grace())));
    if (old > 0) {
      LOG.warn(
          Happening.NOTICE_DEAD, "{} deliveries waited for too long and are dead letters", old);
    }
    prune(() -> rows.pruneDelivered(millis(policy.keep()), BATCH));
    prune(() -> rows.pruneDead(millis(policy.keepDead()), BATCH));
    prune(() -> rows.pruneNotices(millis(policy.keep()), BATCH));
    standings = rows.standings();
  }

  /** Senders end what they have at hand themselves, with the reason. */
  private Duration grace() {
    return policy.retries().longestPause().multipliedBy(2);
  }

  private static void prune(IntSupplier some) {
    while (some.getAsInt() >= BATCH) {
      // There may be more.
    }
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }
}
