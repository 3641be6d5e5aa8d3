package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

@Timeout(120)
class BoundedTransactionsIT {

  private static final String COUNT_UP = "UPDATE counters SET value = value + 1";

  @RegisterExtension static final Database database = Database.empty();

  private final Jdbi plain = database.jdbi();
  private final Jdbi bounded = database.jdbi();

  @BeforeEach
  void oneRow() {
    bounded.setTransactionHandler(new BoundedTransactions(Duration.ofMillis(200)));
    plain.useHandle(
        handle -> {
          handle.execute("CREATE TABLE IF NOT EXISTS counters (value integer)");
          handle.execute("DELETE FROM counters");
          handle.execute("INSERT INTO counters VALUES (0)");
        });
  }

  @Test
  void whoFallsSilentInMidTransactionStopsNobodyAndHasWrittenNothing() {
    Handle frozen = bounded.open();
    frozen.begin();
    frozen.execute(COUNT_UP);
    plain.useTransaction(
        other -> {
          other.execute("SET LOCAL lock_timeout = '20s'");
          other.execute(COUNT_UP);
        });
    assertThatThrownBy(frozen::commit).isInstanceOf(JdbiException.class);
    frozen.close();
    assertThat(value()).isEqualTo(1);
  }

  @Test
  void whoWorksMayTakeLonger() {
    bounded.useTransaction(
        handle -> {
          handle.execute(COUNT_UP);
          handle.execute("SELECT pg_sleep(0.5)");
        });
    assertThat(value()).isEqualTo(1);
  }

  @Test
  void theBoundHoldsForTheTransactionAlone() {
    bounded.useHandle(
        handle -> {
          handle.useTransaction(inside -> assertThat(bound(inside)).isEqualTo("200ms"));
          assertThat(bound(handle)).isEqualTo("0");
        });
  }

  @Test
  void theFirstRoundTripCarriesTheBound() {
    List<String> told = new ArrayList<>();
    boolean done =
        BoundedTransactions.inRoundTrips(
            bounded,
            handle -> {
              RoundTrip.on(handle)
                  .query(
                      "test",
                      "show",
                      50,
                      "SHOW idle_in_transaction_session_timeout",
                      row -> row.getString(1),
                      told::add)
                  .send();
              return told.add(bound(handle));
            });
    assertThat(done).isTrue();
    assertThat(told).containsExactly("200ms", "200ms");
  }

  private static String bound(Handle handle) {
    return handle.createQuery("SHOW idle_in_transaction_session_timeout").mapTo(String.class).one();
  }

  private int value() {
    return plain.withHandle(
        handle -> handle.createQuery("SELECT value FROM counters").mapTo(Integer.class).one());
  }
}
