package plus.svc.billing.platform;

import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that the database gives up when nothing is heard of their client any more: a process
 * that froze, or a machine that went without a farewell, holds locks on nodes and accounts that
 * everybody else waits for. A process that comes back finds its transaction gone, and nothing of it
 * written.
 *
 * <p>What is set holds for the one transaction, so that it is right behind a pooler too. Not
 * covered is a process that froze while it sends rows (COPY) and whose machine still answers.
 */
public final class BoundedTransactions extends DelegatingTransactionHandler {

  private static final int PROBES = 3;
  private static final String BOUND =
      """
      SELECT set_config('idle_in_transaction_session_timeout', ?, true)
          || set_config('tcp_keepalives_idle', ?, true)
          || set_config('tcp_keepalives_interval', ?, true)
          || set_config('tcp_keepalives_count', ?, true)
          || set_config('tcp_user_timeout', ?, true)
      """;

  private final Duration silence;

  /**
   * Bounds local transactions.
   *
   * @param silence how long a client may be silent in mid-transaction, at least a millisecond
   */
  public BoundedTransactions(Duration silence) {
    this(new LocalTransactionHandler(), silence);
  }

  private BoundedTransactions(TransactionHandler delegate, Duration silence) {
    super(delegate);
    this.silence = silence;
  }

  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    return new BoundedTransactions(getDelegate().specialize(handle), silence);
  }

  @Override
  public void begin(Handle handle) {
    super.begin(handle);
    Opening opening = handle.getConfig(Opening.class);
    if (opening.isCarried) {
      opening.silence = silence;
      return;
    }
    try {
      bound(RoundTrip.on(handle), silence).send();
    } catch (RuntimeException | Error e) {
      // Nobody else ends a transaction that did not quite begin.
      try {
        rollback(handle);
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  static RoundTrip bound(RoundTrip trip, Duration silence) {
    String millis = Long.toString(silence.toMillis());
    long seconds = Math.max(1, silence.toSeconds());
    return trip.query(
        "BoundedTransactions",
        "bound",
        50,
        BOUND,
        row -> "",
        unused -> {},
        millis,
        Long.toString(seconds),
        Long.toString(Math.max(1, seconds / PROBES)),
        Integer.toString(PROBES),
        millis);
  }

  /**
   * Does work in a transaction whose first {@link RoundTrip} carries the bounds along, so that they
   * cost no round trip of their own. The work's first statement must be one of a round trip.
   */
  public static <R, X extends Exception> R inRoundTrips(Jdbi jdbi, HandleCallback<R, X> work)
      throws X {
    return jdbi.withHandle(
        handle -> {
          handle.getConfig(Opening.class).isCarried = true;
          return handle.inTransaction(work);
        });
  }

  /** How a handle's transaction begins. */
  public static final class Opening implements JdbiConfig<Opening> {
    private boolean isCarried;
    private @Nullable Duration silence;

    /** What the next round trip is to carry, once. */
    @Nullable Duration take() {
      @Nullable Duration taken = silence;
      silence = null;
      return taken;
    }

    @Override
    public Opening createCopy() {
      Opening copy = new Opening();
      copy.isCarried = isCarried;
      return copy;
    }
  }
}
