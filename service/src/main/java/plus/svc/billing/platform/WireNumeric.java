package plus.svc.billing.platform;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A NUMERIC as PostgreSQL's binary protocol has it: digits of base 10,000, exact. */
final class WireNumeric {

  private static final int BASE = 10_000;
  private static final int DIGITS_PER_GROUP = 4;
  private static final int SAFE_DIGITS = 18;
  private static final int POSITIVE = 0x0000;
  private static final int NEGATIVE = 0x4000;
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);
  private static final int[] PADDING = {1, 10, 100, 1000};

  private WireNumeric() {}

  /** Adds the length and the value. */
  static void put(WireBytes out, BigDecimal value) {
    BigDecimal number = value.scale() < 0 ? value.setScale(0) : value;
    int scale = number.scale();
    int padding = Math.floorMod(-scale, DIGITS_PER_GROUP);
    short[] groups =
        number.precision() + padding <= SAFE_DIGITS
            ? groups(Math.abs(number.unscaledValue().longValue()) * PADDING[padding])
            : groups(number.unscaledValue().abs().multiply(BigInteger.valueOf(PADDING[padding])));
    put(out, groups, (scale + padding) / DIGITS_PER_GROUP, number.signum() < 0, scale);
  }

  /**
   * @param groups least significant first, the last one not zero
   * @param fraction how many of them stand behind the point
   */
  private static void put(
      WireBytes out, short[] groups, int fraction, boolean negative, int scale) {
    int zeros = 0;
    while (zeros < groups.length && groups[zeros] == 0) {
      zeros++;
    }
    int count = groups.length - zeros;
    out.putInt((4 + count) * Short.BYTES);
    out.putShort(count).putShort(count == 0 ? 0 : groups.length - fraction - 1);
    out.putShort(negative ? NEGATIVE : POSITIVE).putShort(scale);
    for (int i = groups.length - 1; i >= zeros; i--) {
      out.putShort(groups[i]);
    }
  }

  private static short[] groups(long magnitude) {
    int count = 0;
    for (long rest = magnitude; rest != 0; rest /= BASE) {
      count++;
    }
    short[] groups = new short[count];
    long rest = magnitude;
    for (int i = 0; i < count; i++) {
      groups[i] = (short) (rest % BASE);
      rest /= BASE;
    }
    return groups;
  }

  private static short[] groups(BigInteger magnitude) {
    short[] groups = new short[magnitude.bitLength() / 13 + 1];
    int count = 0;
    for (BigInteger rest = magnitude; rest.signum() != 0; count++) {
      BigInteger[] parts = rest.divideAndRemainder(BIG_BASE);
      groups[count] = parts[1].shortValue();
      rest = parts[0];
    }
    return java.util.Arrays.copyOf(groups, count);
  }
}
