package plus.svc.billing.platform.setting;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the texts of the configuration into values and collects what is wrong with them, so that
 * one error can name every bad setting: its name, its value, what is allowed.
 *
 * <p>A blank text is an absent one and gives the fallback. A bad one also gives the fallback, so
 * that reading goes on; {@link #finish()} then refuses the start.
 */
public final class SettingReader {

  private static final int SHOWN_CHARS = 120;
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\d[\\d_]*\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");
  private static final Pattern INTEGER = Pattern.compile("[-+]?\\d{1,19}");
  private static final int MAX_DECIMALS = 24;
  private static final int MAX_WHOLE_DIGITS = 15;

  private final List<String> problems = new ArrayList<>();

  /** Reads a text in a form of its own. */
  public <T> T read(
      String name,
      @Nullable String text,
      String fallback,
      String allowed,
      Function<String, T> parse) {
    String value = text(text, fallback);
    try {
      return parse.apply(value);
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      problem(name + " is '" + shown(value) + "': must be " + allowed);
      return parse.apply(fallback);
    }
  }

  /** A text as it is, stripped. */
  public String text(@Nullable String text, String fallback) {
    return text == null || text.isBlank() ? fallback : text.strip();
  }

  /** A duration above zero. */
  public Duration interval(String name, @Nullable String text, String fallback) {
    return read(
        name,
        text,
        fallback,
        "a duration above 0, such as 1m, 1m30s or '5 minutes'",
        value -> require(DurationText.parse(value), d -> !d.isZero() && !d.isNegative()));
  }

  /** A duration of zero or more. */
  public Duration delay(String name, @Nullable String text, String fallback) {
    return read(
        name,
        text,
        fallback,
        "a duration of 0 or more, such as 2s, 336h or '5 minutes'",
        value -> require(DurationText.parse(value), d -> !d.isNegative()));
  }

  /** A whole number in decimal digits within the limits, both included. */
  public long wholeNumber(String name, @Nullable String text, String fallback, long min, long max) {
    return read(
        name,
        text,
        fallback,
        "a whole number in plain digits, " + min + " to " + max,
        value -> {
          require(value, v -> INTEGER.matcher(v).matches());
          return require(Long.parseLong(value), n -> n >= min && n <= max);
        });
  }

  /** As {@link #wholeNumber}, for an {@code int}. */
  public int count(String name, @Nullable String text, String fallback, int min, int max) {
    return Math.toIntExact(wholeNumber(name, text, fallback, min, max));
  }

  /** Money or a price, exactly as written; {@code 1e-9} and {@code 1_000} are fine. */
  public BigDecimal decimal(
      String name, @Nullable String text, String fallback, boolean mayBeNegative) {
    return read(
        name,
        text,
        fallback,
        "a decimal number"
            + (mayBeNegative ? "" : " of 0 or more")
            + " such as 0.000000002 or 2e-9, with at most "
            + MAX_WHOLE_DIGITS
            + " digits before the point and "
            + MAX_DECIMALS
            + " after it",
        value -> require(decimal(value), d -> mayBeNegative || d.signum() >= 0));
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String name, @Nullable String text, boolean fallback) {
    return choice(name, text, fallback ? "true" : "false", Map.of("true", true, "false", false));
  }

  /** One of the named values; case does not matter. */
  public <T> T choice(String name, @Nullable String text, String fallback, Map<String, T> values) {
    return read(
        name,
        text,
        fallback,
        "one of " + String.join(", ", values.keySet().stream().sorted().toList()),
        value -> {
          T found = values.get(value.toLowerCase(Locale.ROOT));
          if (found == null) {
            throw new IllegalArgumentException(name);
          }
          return found;
        });
  }

  /** Notes a problem; the text must name the setting and hold no secret. */
  public void problem(String text) {
    problems.add(text);
  }

  /** Notes several problems. */
  public void problems(Collection<String> texts) {
    problems.addAll(texts);
  }

  /**
   * Ends the reading.
   *
   * @throws StartRefused with all problems, if there is any
   */
  public void finish() {
    if (!problems.isEmpty()) {
      throw StartRefused.because(problems);
    }
  }

  /** A value fit for an error message: one line, cut short. */
  public static String shown(String value) {
    String line = value.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "...";
  }

  private static BigDecimal decimal(String text) {
    require(text, t -> t.length() <= SHOWN_CHARS && DECIMAL.matcher(t).matches());
    BigDecimal value = new BigDecimal(text.replace("_", ""));
    if (value.signum() == 0) {
      return BigDecimal.ZERO;
    }
    require(value, v -> v.stripTrailingZeros().scale() <= MAX_DECIMALS);
    return require(value, v -> v.precision() - v.scale() <= MAX_WHOLE_DIGITS);
  }

  private static <T> T require(T value, Predicate<T> holds) {
    if (!holds.test(value)) {
      throw new IllegalArgumentException("not allowed");
    }
    return value;
  }
}
