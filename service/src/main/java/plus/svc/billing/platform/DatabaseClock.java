package plus.svc.billing.platform;

import java.time.Instant;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;

/** The database's clock: one for all instances, and a second opinion on ours. */
public final class DatabaseClock implements InstantSource {

  private final Jdbi jdbi;

  public DatabaseClock(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Asks the database.
   *
   * @throws org.jdbi.v3.core.JdbiException if it does not answer
   */
  @Override
  public Instant instant() {
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT clock_timestamp()").mapTo(Instant.class).one());
  }
}
