package plus.svc.billing.platform;

import java.time.Instant;
import java.util.Arrays;
import org.postgresql.core.Oid;

/** A growing buffer of values as PostgreSQL's binary protocol has them: big-endian. */
final class WireBytes {

  /** Seconds from 1970 to 2000, where PostgreSQL's instants count from. */
  private static final long EPOCH_OFFSET_MICROS = 946_684_800L * 1_000_000L;

  private byte[] bytes;
  private int size;

  WireBytes(int capacity) {
    this.bytes = new byte[capacity];
  }

  /** An instant as microseconds since 2000. */
  static long micros(Instant instant) {
    return Micros.of(instant) - EPOCH_OFFSET_MICROS;
  }

  private int room(int more) {
    int at = size;
    size += more;
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size, bytes.length * 2));
    }
    return at;
  }

  WireBytes putShort(int value) {
    setShort(room(Short.BYTES), value);
    return this;
  }

  void setShort(int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  WireBytes putInt(int value) {
    setInt(room(Integer.BYTES), value);
    return this;
  }

  void setInt(int at, int value) {
    setShort(at, value >> 16);
    setShort(at + 2, value);
  }

  WireBytes putLong(long value) {
    int at = room(Long.BYTES);
    setInt(at, (int) (value >> 32));
    setInt(at + 4, (int) value);
    return this;
  }

  WireBytes put(byte[] more, int from, int length) {
    int at = room(length);
    System.arraycopy(more, from, bytes, at, length);
    return this;
  }

  /** An array's elements with the head before them, without the length of the whole. */
  WireBytes putElements(long[] values) {
    putArrayHead(Oid.INT8, values.length, false);
    for (long value : values) {
      putInt(Long.BYTES).putLong(value);
    }
    return this;
  }

  /** An array's elements with the head before them, without the length of the whole. */
  WireBytes putElements(int[] values) {
    putArrayHead(Oid.INT4, values.length, false);
    for (int value : values) {
      putInt(Integer.BYTES).putInt(value);
    }
    return this;
  }

  /** Dimensions, null flag, type, and of the one dimension size and lower bound. */
  void putArrayHead(int oid, int count, boolean nulls) {
    putInt(count == 0 ? 0 : 1).putInt(nulls ? 1 : 0).putInt(oid);
    if (count > 0) {
      putInt(count).putInt(1);
    }
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }
}
