package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

/** Statements that travel together do what they would do one by one. */
class RoundTripIT {

  @RegisterExtension static final Database DATABASE = Database.empty();

  /** More than the buffers of both sides of a connection hold together, which grow to some MB. */
  private static final int LARGE = 24 << 20;

  private final Handle handle = DATABASE.jdbi().open();
  private final RoundTrip trip = RoundTrip.on(handle);
  private final List<Object> told = new ArrayList<>();

  @BeforeEach
  void begin() {
    handle.begin();
    handle.execute("CREATE TABLE things (id uuid PRIMARY KEY, amount numeric, at timestamptz)");
    handle.execute("CREATE SEQUENCE steps");
  }

  @AfterEach
  void forget() throws SQLException {
    if (!handle.getConnection().isClosed()) {
      handle.rollback();
      handle.close();
    }
  }

  /** A connection on which both sides wait for each other can only be cut. */
  private void inTime(Runnable travel) throws Exception {
    try {
      CompletableFuture.runAsync(travel).get(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      handle.getConnection().abort(Runnable::run);
      throw e;
    }
  }

  private void insert(UUID... ids) {
    trip.update(
        "test",
        "step",
        "INSERT INTO things SELECT id, ?, ? FROM unnest(?) AS t (id)",
        told::add,
        new BigDecimal("1.50"),
        Instant.parse("2026-04-08T10:00:00.000001Z"),
        ids);
  }

  private void sum() {
    trip.query(
        "test",
        "step",
        50,
        "SELECT sum(amount) FROM things",
        row -> row.getBigDecimal(1),
        told::add);
  }

  @Test
  void eachStatementSeesWhatTheOnesBeforeItDid() {
    UUID one = UUID.randomUUID();
    insert(one);
    sum();
    insert(UUID.randomUUID(), UUID.randomUUID());
    trip.update("test", "step", "UPDATE things SET amount = amount * 2 WHERE id = ?", one);
    sum();
    trip.queryMany(
        "test",
        "step",
        "SELECT id, at FROM things WHERE id = ? OR amount = ?",
        row -> RoundTrip.uuid(row, 1).equals(one) ? RoundTrip.instant(row, 2) : "another",
        told::add,
        one,
        new BigDecimal("-1"));
    assertThat(told).as("nothing is sent yet").isEmpty();

    trip.send();

    assertThat(told)
        .containsExactly(
            1,
            new BigDecimal("1.50"),
            2,
            new BigDecimal("6.00"),
            Instant.parse("2026-04-08T10:00:00.000001Z"));
    told.clear();
    trip.send();
    assertThat(told).as("once").isEmpty();
  }

  /** A sequence is not taken back: it shows that nothing after the failure was executed. */
  @Test
  void theFirstFailureIsToldWithItsStateAndNothingAfterItRuns() {
    UUID one = UUID.randomUUID();
    handle.commit();
    handle.begin();
    trip.query("test", "step", 50, "SELECT nextval('steps')", row -> row.getLong(1), told::add);
    insert(one);
    insert(one);
    trip.query("test", "step", 50, "SELECT nextval('steps')", row -> row.getLong(1), told::add);
    insert(UUID.randomUUID());

    RoundTrip.Failed failed = catchThrowableOfType(RoundTrip.Failed.class, trip::send);

    assertThat(failed).isNotNull();
    assertThat(failed.getCause())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
    assertThat(told).as("what was read of a failed trip").isEmpty();
    handle.rollback();
    handle.begin();
    trip.query(
        "test", "step", 50, "SELECT last_value FROM steps", row -> row.getLong(1), told::add);
    trip.query("test", "step", 50, "SELECT count(*) FROM things", row -> row.getLong(1), told::add);
    trip.send();
    assertThat(told).as("the failed ones are not sent again").containsExactly(1L, 0L);
    handle.execute("DROP TABLE things");
    handle.execute("DROP SEQUENCE steps");
    handle.commit();
    handle.begin();
  }

  /** Sent together, PostgreSQL would wait for us to read, and we for it, for ever. */
  @Test
  void aLargeAnswerIsReadBeforeLargeParametersAreSent() throws Exception {
    inTime(
        () -> {
          trip.queryMany(
              "test",
              "step",
              "SELECT repeat('y', ?::int)",
              row -> row.getString(1).length(),
              told::add,
              (long) LARGE);
          trip.query(
              "test",
              "step",
              50,
              "SELECT length(?)",
              row -> row.getInt(1),
              told::add,
              "x".repeat(LARGE));
          trip.send();
        });
    assertThat(told).containsExactly(LARGE, LARGE);
  }

  /** Rows as long as was said, which together are too much to lie unread. */
  @Test
  void rowsThatAddUpAreReadBeforeLargeParametersAreSent() throws Exception {
    Long[] lengths = new Long[LARGE >> 20];
    Arrays.fill(lengths, 1L << 20);
    inTime(
        () -> {
          trip.query(
              "test",
              "step",
              1 << 20,
              "SELECT repeat('y', n::int) FROM unnest(?) AS t (n)",
              row -> row.getString(1).length(),
              told::add,
              (Object) lengths);
          trip.query(
              "test",
              "step",
              50,
              "SELECT length(?)",
              row -> row.getInt(1),
              told::add,
              "x".repeat(LARGE));
          trip.send();
        });
    assertThat(told).hasSize(lengths.length + 1).endsWith(LARGE);
  }
}
