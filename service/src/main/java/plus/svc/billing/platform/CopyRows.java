package plus.svc.billing.platform;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows in PostgreSQL's COPY text format, sent in one go: the fastest way in. */
public final class CopyRows {

  private static final int FLUSH_CHARS = 1 << 18;

  private final StringBuilder text = new StringBuilder(1 << 12);
  private final CopyIn copy;
  private boolean rowBegun;
  private long sent;

  private CopyRows(CopyIn copy) {
    this.copy = copy;
  }

  /**
   * Begins a copy.
   *
   * @param target the table with its columns, as in {@code billing.x (a, b)}; never from input
   */
  public static CopyRows into(Connection connection, String target) throws SQLException {
    return new CopyRows(
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("COPY " + target + " FROM STDIN"));
  }

  private StringBuilder cell() {
    if (rowBegun) {
      text.append('\t');
    }
    rowBegun = true;
    return text;
  }

  public CopyRows add(long value) {
    cell().append(value);
    return this;
  }

  public CopyRows add(UUID value) {
    cell().append(value);
    return this;
  }

  public CopyRows add(BigDecimal value) {
    cell().append(value.toPlainString());
    return this;
  }

  public CopyRows add(Instant value) {
    cell().append(value);
    return this;
  }

  public CopyRows addNull() {
    cell().append("\\N");
    return this;
  }

  public CopyRows addNullable(@Nullable Instant value) {
    return value == null ? addNull() : add(value);
  }

  public CopyRows addNullable(@Nullable UUID value) {
    return value == null ? addNull() : add(value);
  }

  /** Adds text, escaped; NUL, which PostgreSQL can't hold, becomes U+FFFD. */
  public CopyRows add(String value) {
    StringBuilder out = cell();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\0' -> out.append('\uFFFD');
        default -> out.append(c);
      }
    }
    return this;
  }

  public CopyRows add(long[] values) {
    StringBuilder out = cell().append('{');
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(values[i]);
    }
    out.append('}');
    return this;
  }

  public CopyRows add(int[] values) {
    StringBuilder out = cell().append('{');
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(values[i]);
    }
    out.append('}');
    return this;
  }

  public CopyRows add(byte[] value) {
    StringBuilder out = cell().append("\\\\x");
    for (byte b : value) {
      out.append(Character.forDigit((b >> 4) & 0xF, 16)).append(Character.forDigit(b & 0xF, 16));
    }
    return this;
  }

  /** Ends the row. */
  public void endRow() throws SQLException {
    text.append('\n');
    rowBegun = false;
    sent++;
    if (text.length() >= FLUSH_CHARS) {
      flush();
    }
  }

  private void flush() throws SQLException {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    text.setLength(0);
  }

  /**
   * Ends the copy.
   *
   * @return rows written
   * @throws SQLException if any row was refused; none is written then
   */
  public long finish() throws SQLException {
    if (text.length() > 0) {
      flush();
    }
    long written = copy.endCopy();
    if (written != sent) {
      throw new InvariantViolation("sent " + sent + " rows to COPY, " + written + " were written");
    }
    return written;
  }

  /** Writes rows, if there are any, and unwraps what SQL throws. */
  public static void write(Connection connection, String target, Rows rows) {
    @Nullable CopyRows out = null;
    boolean done = false;
    try {
      out = into(connection, target);
      rows.writeTo(out);
      out.finish();
      done = true;
    } catch (SQLException e) {
      throw new CopyFailed(e);
    } finally {
      if (out != null && !done) {
        out.cancel();
      }
    }
  }

  private void cancel() {
    try {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    } catch (SQLException e) {
      text.setLength(0); // the transaction is lost anyway and the first failure is the one to tell
    }
  }

  /** Adds rows. */
  @FunctionalInterface
  public interface Rows {
    void writeTo(CopyRows out) throws SQLException;
  }

  /** A COPY that PostgreSQL refused. */
  public static final class CopyFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CopyFailed(SQLException cause) {
      super(cause);
    }

    /** SQLSTATE of the refusal, {@code ""} if unknown. */
    public String sqlState() {
      return getCause() instanceof SQLException sql && sql.getSQLState() != null
          ? sql.getSQLState()
          : "";
    }
  }
}
