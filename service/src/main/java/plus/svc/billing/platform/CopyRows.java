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

/**
 * Rows in PostgreSQL's binary COPY format, sent in one go: the fastest way in. A value's Java type
 * says its column's type: boolean BOOLEAN, int INTEGER, long BIGINT, UUID, BigDecimal NUMERIC,
 * Instant TIMESTAMPTZ, String TEXT, byte[] BYTEA, and arrays of int and long. PostgreSQL refuses
 * any other column.
 */
public final class CopyRows {

  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int TRAILER = -1;
  private static final int NULL_LENGTH = -1;
  private static final int FLUSH_BYTES = 1 << 17;

  private final CopyIn copy;
  private final WireBytes bytes = new WireBytes(1 << 13);
  private int rowBegin;
  private int cells;
  private long sent;

  private CopyRows(CopyIn copy) {
    this.copy = copy;
    bytes.put(HEADER, 0, HEADER.length);
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
            .copyIn("COPY " + target + " FROM STDIN (FORMAT binary)"));
  }

  private WireBytes cell() {
    if (cells++ == 0) {
      rowBegin = bytes.size();
      bytes.putShort(0);
    }
    return bytes;
  }

  public CopyRows add(int value) {
    cell().putInt(Integer.BYTES).putInt(value);
    return this;
  }

  public CopyRows add(long value) {
    cell().putInt(Long.BYTES).putLong(value);
    return this;
  }

  public CopyRows add(boolean value) {
    cell().putInt(1).put(new byte[] {(byte) (value ? 1 : 0)}, 0, 1);
    return this;
  }

  public CopyRows add(UUID value) {
    cell()
        .putInt(2 * Long.BYTES)
        .putLong(value.getMostSignificantBits())
        .putLong(value.getLeastSignificantBits());
    return this;
  }

  public CopyRows add(BigDecimal value) {
    WireNumeric.put(cell(), value);
    return this;
  }

  public CopyRows add(Instant value) {
    cell().putInt(Long.BYTES).putLong(WireBytes.micros(value));
    return this;
  }

  public CopyRows addNull() {
    cell().putInt(NULL_LENGTH);
    return this;
  }

  public CopyRows addNullable(@Nullable Instant value) {
    return value == null ? addNull() : add(value);
  }

  public CopyRows addNullable(@Nullable UUID value) {
    return value == null ? addNull() : add(value);
  }

  /** Adds text; NUL, which PostgreSQL can't hold, becomes U+FFFD. */
  public CopyRows add(String value) {
    String clean = value.indexOf('\0') < 0 ? value : value.replace('\0', '\uFFFD');
    return add(clean.getBytes(StandardCharsets.UTF_8));
  }

  public CopyRows add(byte[] value) {
    cell().putInt(value.length).put(value, 0, value.length);
    return this;
  }

  public CopyRows add(long[] values) {
    int length = cell().size();
    bytes.putInt(0).putElements(values);
    bytes.setInt(length, bytes.size() - length - Integer.BYTES);
    return this;
  }

  public CopyRows add(int[] values) {
    int length = cell().size();
    bytes.putInt(0).putElements(values);
    bytes.setInt(length, bytes.size() - length - Integer.BYTES);
    return this;
  }

  /** Ends the row. */
  public void endRow() throws SQLException {
    bytes.setShort(rowBegin, cells);
    cells = 0;
    sent++;
    if (bytes.size() >= FLUSH_BYTES) {
      flush();
    }
  }

  private void flush() throws SQLException {
    copy.writeToCopy(bytes.array(), 0, bytes.size());
    bytes.clear();
  }

  /**
   * Ends the copy.
   *
   * @return rows written
   * @throws SQLException if any row was refused; none is written then
   */
  public long finish() throws SQLException {
    bytes.putShort(TRAILER);
    flush();
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
      bytes.clear(); // the transaction is lost anyway and the first failure is the one to tell
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
