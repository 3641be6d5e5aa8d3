package plus.svc.billing.platform;

import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

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
      SELECT set_config('idle_in_transaction_session_timeout', :millis, true)
          || set_config('tcp_keepalives_idle', :seconds, true)
          || set_config('tcp_keepalives_interval', :probe, true)
          || set_config('tcp_keepalives_count', :probes, true)
          || set_config('tcp_user_timeout', :millis, true)
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
    try {
      bound(handle);
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

  private void bound(Handle handle) {
    long seconds = Math.max(1, silence.toSeconds());
    handle
        .createQuery(BOUND)
        .bind("millis", Long.toString(silence.toMillis()))
        .bind("seconds", Long.toString(seconds))
        .bind("probe", Long.toString(Math.max(1, seconds / PROBES)))
        .bind("probes", Integer.toString(PROBES))
        .mapTo(String.class)
        .one();
  }
}
