package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Amounts and units as callers write them. */
public final class Amounts {

  /** Digits after the point that an amount may have. */
  public static final int MOST_SCALE = 12;

  /** Digits before the point that an amount may have. */
  public static final int MOST_DIGITS = 15;

  private static final Pattern DECIMAL =
      Pattern.compile("-?[0-9]{1," + MOST_DIGITS + "}(\\.[0-9]{1," + MOST_SCALE + "})?");
  private static final Pattern UNIT = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,31}");

  private Amounts() {}

  /**
   * Reads a decimal: digits, at most {@link #MOST_DIGITS} before and {@link #MOST_SCALE} after the
   * point; no exponent, no infinity, no NaN.
   *
   * @param field for the error
   * @throws Unacceptable if it is none
   */
  public static BigDecimal decimal(String field, String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new Unacceptable(
          field
              + " is '"
              + shown(text)
              + "': must be a decimal such as \"12.50\", with at most "
              + MOST_DIGITS
              + " digits before the point and "
              + MOST_SCALE
              + " after it");
    }
    return new BigDecimal(text);
  }

  /** Reads a decimal above zero. */
  public static BigDecimal positive(String field, String text) {
    BigDecimal amount = decimal(field, text);
    if (amount.signum() <= 0) {
      throw new Unacceptable(field + " is '" + text + "': must be above zero");
    }
    return amount;
  }

  /** Reads a currency or another unit. */
  public static String unit(String field, String text) {
    if (!UNIT.matcher(text).matches()) {
      throw new Unacceptable(
          field
              + " is '"
              + shown(text)
              + "': must be a currency or unit such as CNY, a letter and up to 31 letters, digits,"
              + " - or _");
    }
    return text;
  }

  /** The same value in the one form that equal values have. */
  static BigDecimal plain(BigDecimal amount) {
    BigDecimal stripped = amount.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Without a point where it can be, never with an exponent. */
  public static String text(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  /** The same for a number: with the digits of its text, and no scale below zero. */
  public static BigDecimal number(BigDecimal amount) {
    return plain(amount);
  }

  /** As much of a text as an error may repeat. */
  static String shown(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 40 ? clean : clean.substring(0, 40) + "…";
  }
}
