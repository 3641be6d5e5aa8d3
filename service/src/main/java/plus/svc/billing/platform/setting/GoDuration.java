package plus.svc.billing.platform.setting;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go writes them: an optional sign, then numbers with units ({@code ns us µs ms s m
 * h}) one after another, decimals allowed ({@code 1h30m}, {@code 1.5h}, {@code .5s}), or a bare
 * {@code 0}. Anything below a nanosecond is cut off; the range is that of 64-bit nanoseconds.
 */
public final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");

  private static final Map<String, Long> NANOS_OF =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private static final int MAX_LENGTH = 200;

  private GoDuration() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is none, such as {@code 60}, {@code 1d} or {@code
   *     1 m}
   */
  public static Duration parse(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String body = signed ? text.substring(1) : text;
    if (body.equals("0")) {
      return Duration.ZERO;
    }
    if (body.isEmpty() || text.length() > MAX_LENGTH) {
      throw invalid(text);
    }
    BigInteger nanos = BigInteger.ZERO;
    Matcher part = PART.matcher(body);
    int at = 0;
    while (at < body.length()) {
      part.region(at, body.length());
      if (!part.lookingAt()) {
        throw invalid(text);
      }
      nanos = nanos.add(nanosOf(part.group(1), part.group(2)));
      at = part.end();
    }
    try {
      return Duration.ofNanos((text.startsWith("-") ? nanos.negate() : nanos).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("duration '" + text + "' is out of range", e);
    }
  }

  private static BigInteger nanosOf(String number, String unit) {
    long nanos = NANOS_OF.getOrDefault(unit, 0L);
    // BigDecimal reads both "1." and ".5".
    return new BigDecimal(number).multiply(BigDecimal.valueOf(nanos)).toBigInteger();
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException("'" + text + "' is no duration such as 1m30s");
  }
}
