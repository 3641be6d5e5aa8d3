package plus.svc.billing.crash;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Lets nobody write to the ledger until it is closed: whoever does waits in mid-transaction. */
final class HeldLedger implements AutoCloseable {

  private final Handle handle;
  private final Jdbi jdbi;

  private HeldLedger(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.handle = jdbi.open();
  }

  static HeldLedger in(Jdbi jdbi) {
    HeldLedger held = new HeldLedger(jdbi);
    held.handle.begin();
    held.handle.execute("LOCK TABLE public.billing_ledger IN SHARE ROW EXCLUSIVE MODE");
    return held;
  }

  /** Waits until the instance waits for it. */
  void awaitWaiting(String instance) {
    Patience.until(
        instance + " waits to write the ledger",
        () ->
            jdbi.withHandle(
                h ->
                    h.createQuery(
                            """
                            SELECT count(*) > 0 FROM pg_stat_activity
                             WHERE application_name = :name AND wait_event_type = 'Lock'
                            """)
                        .bind("name", instance)
                        .mapTo(Boolean.class)
                        .one()));
  }

  @Override
  public void close() {
    handle.rollback();
    handle.close();
  }
}
