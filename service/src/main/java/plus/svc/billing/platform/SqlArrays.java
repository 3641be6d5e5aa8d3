package plus.svc.billing.platform;

import java.sql.ResultSet;
import java.sql.SQLException;

/** PostgreSQL arrays without NULL elements as primitive Java arrays. */
public final class SqlArrays {

  private SqlArrays() {}

  /** A {@code BIGINT[]} column. */
  public static long[] longs(ResultSet rs, int column) throws SQLException {
    Long[] boxed = (Long[]) rs.getArray(column).getArray();
    long[] values = new long[boxed.length];
    for (int i = 0; i < boxed.length; i++) {
      values[i] = boxed[i];
    }
    return values;
  }

  /** An {@code INTEGER[]} column. */
  public static int[] ints(ResultSet rs, int column) throws SQLException {
    Integer[] boxed = (Integer[]) rs.getArray(column).getArray();
    int[] values = new int[boxed.length];
    for (int i = 0; i < boxed.length; i++) {
      values[i] = boxed[i];
    }
    return values;
  }
}
