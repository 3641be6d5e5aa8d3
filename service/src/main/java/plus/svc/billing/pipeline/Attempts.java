package plus.svc.billing.pipeline;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.CopyRows;
import plus.svc.billing.platform.log.Happening;

/** Makes a transaction again that failed for others' sake. */
final class Attempts {

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final int MOST = 4;

  /** SQLSTATEs after which the same transaction may well succeed: serialization, deadlock. */
  private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

  private static final String UNIQUE_VIOLATION = "23505";

  private Attempts() {}

  /** Work in a transaction of its own; it is told whether every bucket is to be looked up. */
  @FunctionalInterface
  interface Attempt<T> {
    T make(boolean lookUpAll);
  }

  /**
   * Makes an attempt, and up to three more where that may help.
   *
   * @param what names the work in the log
   */
  static <T> T at(Supplier<String> what, Attempt<T> work) {
    boolean careful = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return work.make(careful);
      } catch (RuntimeException e) {
        String state = sqlState(e);
        boolean collided = state.equals(UNIQUE_VIOLATION) && !careful;
        if (attempt == MOST || !(collided || TRANSIENT.contains(state))) {
          throw e;
        }
        careful |= collided;
        LOG.info(
            Happening.TRANSACTION_RETRIED,
            "{} met {}; trying again ({})",
            what.get(),
            collided ? "rows of an earlier writer" : "a concurrent transaction",
            attempt);
      }
    }
  }

  private static String sqlState(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof CopyRows.CopyFailed failed) {
        return failed.sqlState();
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }
}
