package plus.svc.billing.platform;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jspecify.annotations.Nullable;

/**
 * Statements that go to PostgreSQL together and are answered together. Each sees what the ones
 * before it did, as if they had been sent one by one; what is saved is the waiting in between,
 * which on a busy account costs more than the statements. The hot path's alone: elsewhere JDBI's
 * objects are the clearer form.
 *
 * <p>Parameters are {@code ?}, in the order of the statements: arrays as in {@link WireArray},
 * {@link UUID}, {@link Instant}, {@link BigDecimal}, {@link String}, {@link Long}, {@link Boolean}.
 */
public final class RoundTrip {

  /**
   * So many bytes of answers may lie unread while the driver still sends: with more, both sides
   * could wait for ever for the other one to read. The driver reckons with as many in its batches.
   */
  private static final long MOST_UNREAD = 64_000;

  private final Connection connection;
  private final Watch watch;
  private final List<Step> steps = new ArrayList<>();
  private long unread;

  private RoundTrip(Connection connection, Watch watch) {
    this.connection = connection;
    this.watch = watch;
  }

  /** Begins one in the handle's transaction. */
  public static RoundTrip on(Handle handle) {
    RoundTrip trip = new RoundTrip(handle.getConnection(), handle.getConfig(Watchers.class).watch);
    @Nullable Duration silence = handle.getConfig(BoundedTransactions.Opening.class).take();
    return silence == null ? trip : BoundedTransactions.bound(trip, silence);
  }

  /** Is told of each statement that was sent. */
  @FunctionalInterface
  public interface Watch {
    /**
     * A statement was sent.
     *
     * @param nanos how long the round trip took that it was part of
     */
    void sent(String repository, String method, long nanos, boolean failed);
  }

  /** Who is told, as JDBI is configured. */
  public static final class Watchers implements JdbiConfig<Watchers> {
    private Watch watch = (repository, method, nanos, failed) -> {};

    /** Tells somebody. */
    public Watchers tell(Watch told) {
      this.watch = told;
      return this;
    }

    @Override
    public Watchers createCopy() {
      return new Watchers().tell(watch);
    }
  }

  /** Reads a row that the cursor stands on. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  @FunctionalInterface
  private interface ResultReader {
    void read(PreparedStatement statement) throws SQLException;
  }

  private record Step(
      String repository,
      String method,
      String sql,
      List<@Nullable Object> parameters,
      ResultReader reader) {}

  /**
   * Adds a query that answers no more rows than the longest of its arrays has elements; they are
   * handed on when it was sent.
   *
   * @param rowBytes about how long a row of the answer can be
   */
  public <T> RoundTrip query(
      String repository,
      String method,
      int rowBytes,
      String sql,
      RowReader<T> reader,
      Consumer<T> each,
      @Nullable Object... parameters) {
    long rows = 1;
    for (Object parameter : parameters) {
      rows = Math.max(rows, parameter instanceof Object[] array ? array.length : 1);
    }
    return add(repository, method, sql, rows * rowBytes, parameters, rows(reader, each));
  }

  /** Adds a query that may answer any number of rows; whatever is added after it is sent later. */
  public <T> RoundTrip queryMany(
      String repository,
      String method,
      String sql,
      RowReader<T> reader,
      Consumer<T> each,
      @Nullable Object... parameters) {
    return add(repository, method, sql, MOST_UNREAD, parameters, rows(reader, each));
  }

  private static <T> ResultReader rows(RowReader<T> reader, Consumer<T> each) {
    return statement -> {
      try (ResultSet rows = statement.getResultSet()) {
        while (rows.next()) {
          each.accept(reader.read(rows));
        }
      }
    };
  }

  /** Adds a statement that changes rows; how many, is handed on when it was sent. */
  public RoundTrip update(
      String repository,
      String method,
      String sql,
      IntConsumer count,
      @Nullable Object... parameters) {
    return add(
        repository,
        method,
        sql,
        0,
        parameters,
        statement -> count.accept(statement.getUpdateCount()));
  }

  /** Adds a statement that changes rows, however many. */
  public RoundTrip update(
      String repository, String method, String sql, @Nullable Object... parameters) {
    return add(repository, method, sql, 0, parameters, statement -> {});
  }

  private RoundTrip add(
      String repository,
      String method,
      String sql,
      long answer,
      @Nullable Object[] parameters,
      ResultReader reader) {
    if (unread >= MOST_UNREAD) {
      send();
    }
    steps.add(new Step(repository, method, sql, Arrays.asList(parameters), reader));
    unread += answer;
    return this;
  }

  /**
   * Sends what was added, if anything was.
   *
   * @throws Failed if PostgreSQL refused a statement; those after it weren't executed
   */
  public void send() {
    if (steps.isEmpty()) {
      return;
    }
    List<Step> sent = List.copyOf(steps);
    steps.clear();
    unread = 0;
    StringBuilder sql = new StringBuilder(1 << 10);
    sent.forEach(step -> sql.append(sql.isEmpty() ? "" : ";\n").append(step.sql().strip()));
    long begun = System.nanoTime();
    boolean failed = true;
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      int position = 0;
      for (Step step : sent) {
        for (Object parameter : step.parameters()) {
          bind(statement, ++position, parameter);
        }
      }
      statement.execute();
      for (int i = 0; i < sent.size(); i++) {
        if (i > 0) {
          statement.getMoreResults();
        }
        sent.get(i).reader().read(statement);
      }
      failed = false;
    } catch (SQLException e) {
      throw new Failed(e);
    } finally {
      long took = System.nanoTime() - begun;
      for (Step step : sent) {
        watch.sent(step.repository(), step.method(), took, failed);
      }
    }
  }

  private void bind(PreparedStatement statement, int position, @Nullable Object value)
      throws SQLException {
    if (value instanceof Instant instant) {
      statement.setObject(position, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
    } else if (value != null && WireArray.isKnown(value.getClass())) {
      statement.setObject(position, WireArray.of(value, connection));
    } else {
      statement.setObject(position, value);
    }
  }

  // What readers of rows need -------------------------------------------------------------------

  /** An instant of a column that is never null. */
  public static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** An instant, null where the column is. */
  public static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
    @Nullable OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  /** A UUID, null where the column is. */
  public static UUID uuid(ResultSet row, int column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  /** PostgreSQL refused a statement. */
  public static final class Failed extends JdbiException {
    private static final long serialVersionUID = 1L;

    Failed(SQLException cause) {
      super(cause);
    }
  }
}
