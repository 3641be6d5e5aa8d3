package plus.svc.billing.platform;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * An array as PostgreSQL's binary protocol has it. The driver sends most arrays as text, which
 * costs both sides more than the rest of a statement on a thousand rows.
 */
final class WireArray extends PGobject implements PGBinaryObject {

  private static final long serialVersionUID = 1L;

  /** What may be bound, and what PostgreSQL calls it. */
  private static final Map<Class<?>, ElementType> TYPES =
      Map.ofEntries(
          Map.entry(UUID[].class, new ElementType("_uuid", Oid.UUID_ARRAY, Oid.UUID)),
          Map.entry(Long[].class, new ElementType("_int8", Oid.INT8_ARRAY, Oid.INT8)),
          Map.entry(long[].class, new ElementType("_int8", Oid.INT8_ARRAY, Oid.INT8)),
          Map.entry(Integer[].class, new ElementType("_int4", Oid.INT4_ARRAY, Oid.INT4)),
          Map.entry(int[].class, new ElementType("_int4", Oid.INT4_ARRAY, Oid.INT4)),
          Map.entry(Boolean[].class, new ElementType("_bool", Oid.BOOL_ARRAY, Oid.BOOL)),
          Map.entry(String[].class, new ElementType("_text", Oid.TEXT_ARRAY, Oid.TEXT)),
          Map.entry(
              BigDecimal[].class, new ElementType("_numeric", Oid.NUMERIC_ARRAY, Oid.NUMERIC)),
          Map.entry(
              Instant[].class,
              new ElementType("_timestamptz", Oid.TIMESTAMPTZ_ARRAY, Oid.TIMESTAMPTZ)),
          Map.entry(
              OffsetDateTime[].class,
              new ElementType("_timestamptz", Oid.TIMESTAMPTZ_ARRAY, Oid.TIMESTAMPTZ)));

  private record ElementType(String arrayName, int arrayOid, int oid) {}

  private final transient WireBytes bytes;

  private WireArray(String name, WireBytes bytes) {
    this.bytes = bytes;
    setType(name);
  }

  /** Whether arrays of this class can be sent. */
  static boolean isKnown(Class<?> arrayType) {
    return TYPES.containsKey(arrayType);
  }

  /** The array as a parameter of a statement on the connection. */
  static WireArray of(Object array, Connection connection) throws SQLException {
    ElementType type = TYPES.get(array.getClass());
    if (type == null) {
      throw new IllegalArgumentException("no PostgreSQL array is known for " + array.getClass());
    }
    connection.unwrap(PgConnection.class).getQueryExecutor().addBinarySendOid(type.arrayOid());
    WireBytes bytes = new WireBytes(1 << 8);
    if (array instanceof long[] longs) {
      bytes.putElements(longs);
    } else if (array instanceof int[] ints) {
      bytes.putElements(ints);
    } else {
      putElements(bytes, type.oid(), (@Nullable Object[]) array);
    }
    return new WireArray(type.arrayName(), bytes);
  }

  private static void putElements(WireBytes out, int oid, @Nullable Object[] elements) {
    boolean nulls = false;
    for (Object element : elements) {
      nulls |= element == null;
    }
    out.putArrayHead(oid, elements.length, nulls);
    for (Object element : elements) {
      if (element == null) {
        out.putInt(-1);
      } else {
        putElement(out, element);
      }
    }
  }

  private static void putElement(WireBytes out, Object element) {
    if (element instanceof UUID id) {
      out.putInt(2 * Long.BYTES)
          .putLong(id.getMostSignificantBits())
          .putLong(id.getLeastSignificantBits());
    } else if (element instanceof Long number) {
      out.putInt(Long.BYTES).putLong(number);
    } else if (element instanceof Integer number) {
      out.putInt(Integer.BYTES).putInt(number);
    } else if (element instanceof Boolean flag) {
      out.putInt(1).put(new byte[] {(byte) (flag ? 1 : 0)}, 0, 1);
    } else if (element instanceof BigDecimal number) {
      WireNumeric.put(out, number);
    } else if (element instanceof Instant instant) {
      out.putInt(Long.BYTES).putLong(WireBytes.micros(instant));
    } else if (element instanceof OffsetDateTime time) {
      out.putInt(Long.BYTES).putLong(WireBytes.micros(time.toInstant()));
    } else {
      byte[] text = element.toString().getBytes(StandardCharsets.UTF_8);
      out.putInt(text.length).put(text, 0, text.length);
    }
  }

  @Override
  public int lengthInBytes() {
    return bytes.size();
  }

  @Override
  public void toBytes(byte[] target, int offset) {
    System.arraycopy(bytes.array(), 0, target, offset, bytes.size());
  }

  @Override
  public void setByteValue(byte[] value, int offset) {
    throw new UnsupportedOperationException("arrays of this kind are only sent");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
