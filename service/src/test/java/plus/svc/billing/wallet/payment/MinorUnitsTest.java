package plus.svc.billing.wallet.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MinorUnitsTest {

  @ParameterizedTest
  @CsvSource({
    "0.29, CNY, 29",
    "19.99, CNY, 1999",
    "1.15, CNY, 115",
    "4.35, USD, 435",
    "8.2, EUR, 820",
    "300, JPY, 300",
    "1.234, KWD, 1234",
    "10.00, CNY, 1000",
    "10.000000, CNY, 1000",
    "92233720368547758.07, CNY, 9223372036854775807"
  })
  void w08_minorUnitsAreExact(BigDecimal amount, String currency, long units) {
    assertThat(MinorUnits.of(amount, currency)).isEqualTo(units);
    assertThat(MinorUnits.amount(units, currency)).isEqualByComparingTo(amount);
  }

  @Test
  void w08_everyCentUpToTenThousandComesBackAsItWas() {
    for (long cents = 1; cents <= 1_000_000; cents++) {
      var amount = new BigDecimal(java.math.BigInteger.valueOf(cents), 2);
      if (MinorUnits.of(amount, "CNY") != cents) {
        assertThat(amount).as("cents of it").isEqualTo(cents);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0.295, CNY", "0.5, JPY", "1.2345, KWD"})
  void whatIsFinerThanTheUnitIsRefused(BigDecimal amount, String currency) {
    assertThatThrownBy(() -> MinorUnits.of(amount, currency))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(amount.toPlainString())
        .hasMessageContaining("finer")
        .hasMessageContaining(currency);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> MinorUnits.of(new BigDecimal("1e30"), "CNY"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("larger");
  }

  @ParameterizedTest
  @CsvSource({"XXX", "cny", "BTC", "''"})
  void anUnknownCurrencyIsRefused(String currency) {
    assertThatThrownBy(() -> MinorUnits.of(BigDecimal.ONE, currency))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ISO 4217");
  }
}
