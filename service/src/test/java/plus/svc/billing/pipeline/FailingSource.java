package plus.svc.billing.pipeline;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * A data source that counts what is sent to the server (statements, the begin and the end of a
 * COPY, commits) and lets one of them fail.
 */
public final class FailingSource implements DataSource {

  /** Whether the server still got the failing statement. */
  public enum Moment {
    BEFORE,
    AFTER
  }

  private final DataSource real;
  private int failAt;
  private Moment moment = Moment.BEFORE;
  private int sent;
  private String last = "";

  public FailingSource(DataSource real) {
    this.real = real;
  }

  /** From now on lets the {@code n}-th statement fail; 0 for none. */
  public void failAt(int n, Moment when) {
    failAt = n;
    moment = when;
    sent = 0;
  }

  /** How many statements were sent since {@link #failAt}. */
  public int sent() {
    return sent;
  }

  /** The newest statement. */
  public String last() {
    return last;
  }

  /** Something that the server is asked to do. */
  private interface Action {
    @Nullable Object run() throws Throwable;
  }

  private @Nullable Object send(String what, Action action) throws Throwable {
    last = what;
    boolean fails = ++sent == failAt;
    if (fails && moment == Moment.BEFORE) {
      throw new SQLException("injected before: " + what, "57P01");
    }
    Object answer = action.run();
    if (fails) {
      throw new SQLException("injected after: " + what, "57P01");
    }
    return answer;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return wrapped(real.getConnection());
  }

  private Connection wrapped(Connection connection) {
    return proxy(
        Connection.class,
        (proxy, method, args) -> {
          String name = method.getName();
          if (name.equals("prepareStatement")) {
            String sql = String.valueOf(args[0]).strip();
            return wrapped((PreparedStatement) given(invoke(method, connection, args)), sql);
          }
          if (name.equals("commit")) {
            return send("COMMIT", () -> invoke(method, connection, args));
          }
          if (name.equals("unwrap") && args[0] == PGConnection.class) {
            return wrapped(connection.unwrap(PGConnection.class), connection);
          }
          return invoke(method, connection, args);
        });
  }

  private PreparedStatement wrapped(PreparedStatement statement, String sql) {
    return proxy(
        PreparedStatement.class,
        (proxy, method, args) ->
            method.getName().startsWith("execute")
                ? send(sql, () -> invoke(method, statement, args))
                : invoke(method, statement, args));
  }

  private PGConnection wrapped(PGConnection connection, Connection jdbc) {
    return proxy(
        PGConnection.class,
        (proxy, method, args) ->
            method.getName().equals("getCopyAPI")
                ? new CountingCopy(jdbc.unwrap(BaseConnection.class))
                : invoke(method, connection, args));
  }

  /** Counts begin and end of each COPY. */
  private final class CountingCopy extends CopyManager {
    CountingCopy(BaseConnection connection) throws SQLException {
      super(connection);
    }

    @Override
    public CopyIn copyIn(String sql) throws SQLException {
      CopyIn copy = begun(sql);
      return proxy(
          CopyIn.class,
          (proxy, method, args) ->
              method.getName().equals("endCopy")
                  ? send("END OF " + sql, () -> invoke(method, copy, args))
                  : invoke(method, copy, args));
    }

    /** Begins a COPY; one that is told to have failed must not stay open. */
    private CopyIn begun(String sql) throws SQLException {
      CopyIn[] copy = new CopyIn[1];
      try {
        asSql(() -> send(sql, () -> copy[0] = super.copyIn(sql)));
        return copy[0];
      } catch (SQLException e) {
        if (copy[0] != null) {
          copy[0].cancelCopy();
        }
        throw e;
      }
    }
  }

  private static Object asSql(Action action) throws SQLException {
    try {
      return given(action.run());
    } catch (SQLException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object given(@Nullable Object answer) {
    return Objects.requireNonNull(answer);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FailingSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object invoke(Method method, Object target, Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
