package plus.svc.billing.platform;

import java.time.Duration;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;

/**
 * Ends transactions of our role whose client fell silent while it sent rows. To the database a COPY
 * that waits for its client is at work, so that {@link BoundedTransactions} does not reach it; any
 * instance may end it for any other. No right is needed to end what one's own role runs.
 */
public final class SilentCopies {

  private static final Logger LOG = LoggerFactory.getLogger(SilentCopies.class);

  private final Jdbi jdbi;
  private final Duration silence;

  /**
   * @param silence for how long a COPY may wait for rows, far more than one takes as a whole
   */
  public SilentCopies(Jdbi jdbi, Duration silence) {
    this.jdbi = jdbi;
    this.silence = silence;
  }

  /**
   * Ends those that are silent for too long.
   *
   * @return how many there were
   */
  public int end() {
    int ended =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT count(pg_terminate_backend(pid))
                          FROM pg_stat_activity
                         WHERE datname = current_database()
                           AND usename = current_user
                           AND state = 'active'
                           AND wait_event = 'ClientRead'
                           AND query LIKE 'COPY % FROM STDIN (FORMAT binary)'
                           AND query_start < clock_timestamp()
                                             - :millis * INTERVAL '1 millisecond'
                        """)
                    .bind("millis", silence.toMillis())
                    .mapTo(Integer.class)
                    .one());
    if (ended > 0) {
      LOG.warn(
          Happening.SILENT_WRITERS_ENDED,
          "ended {} transactions whose client fell silent while it sent rows",
          ended);
    }
    return ended;
  }
}
