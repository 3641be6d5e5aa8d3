package plus.svc.billing.wallet.payment;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;

/**
 * Amounts as payment services count them: whole numbers of the currency's smallest unit. Exact both
 * ways; what does not go into whole units is refused, never rounded.
 */
public final class MinorUnits {

  private MinorUnits() {}

  /**
   * {@code 0.29 CNY} is 29, {@code 300 JPY} is 300.
   *
   * @param currency ISO 4217, upper case
   * @throws IllegalArgumentException naming what is wrong: no such currency, a fraction finer than
   *     its unit, or more than 64 bits hold
   */
  public static long of(BigDecimal amount, String currency) {
    int digits = digits(currency);
    try {
      return amount.movePointRight(digits).longValueExact();
    } catch (ArithmeticException e) {
      boolean tooFine = amount.stripTrailingZeros().scale() > digits;
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              tooFine
                  ? "amount %s is finer than the smallest unit of %s (%d decimals)"
                  : "amount %s is larger than a payment in %s can be (%d decimals)",
              shown(amount),
              currency,
              digits),
          e);
    }
  }

  /** The amount of so many units: {@code 29} in CNY is {@code 0.29}. */
  public static BigDecimal amount(long units, String currency) {
    return BigDecimal.valueOf(units, digits(currency));
  }

  /**
   * Decimals of a currency's amounts, 0 for JPY.
   *
   * @throws IllegalArgumentException if ISO 4217 does not know it or gives it no unit
   */
  public static int digits(String currency) {
    int digits;
    try {
      digits = Currency.getInstance(currency).getDefaultFractionDigits();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(unknown(currency), e);
    }
    if (digits < 0) {
      throw new IllegalArgumentException(unknown(currency));
    }
    return digits;
  }

  private static String unknown(String currency) {
    String text = currency.length() > 12 ? currency.substring(0, 12) + "..." : currency;
    return "currency '" + text + "': must be an ISO 4217 code such as CNY";
  }

  private static String shown(BigDecimal amount) {
    return amount.precision() > 40
        ? "of " + amount.precision() + " digits"
        : amount.toPlainString();
  }
}
