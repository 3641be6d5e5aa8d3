package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.wallet.outbox.Thresholds.Debits;

/** One notice a crossing, none for what stays on its side. */
class ThresholdsTest {

  private static final UUID ACCOUNT = UUID.fromString("11111111-1111-4111-8111-111111111111");
  private static final Instant AT = Instant.parse("2026-04-08T10:14:59.999Z");
  private static final Thresholds LIMITS = new Thresholds(20, new BigDecimal("100"), 3);

  private static boolean low(String before, String after) {
    return LIMITS
        .balance(
            ACCOUNT, AT, "CNY", new BigDecimal("10"), new BigDecimal(before), new BigDecimal(after))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 9.99, true",
    "10.00, 9.999999, true",
    "100, -5, true",
    "10, 10, false",
    "10, 10.0, false",
    "9.99, 5, false",
    "9.99, 10, false",
    "9.99, 9.99, false",
    "12, 11, false",
    "5, 20, false",
  })
  void aBalanceIsToldOfWhenItFallsBelowItsLimit(String before, String after, boolean told) {
    assertThat(low(before, after)).isEqualTo(told);
  }

  @Test
  void theNoticeHoldsTheExactFacts() {
    assertThat(
            LIMITS.balance(
                ACCOUNT,
                AT,
                "CNY",
                new BigDecimal("10"),
                new BigDecimal("1E+1"),
                new BigDecimal("9.9990")))
        .contains(
            new Notice(
                ACCOUNT,
                NoticeKind.BALANCE_LOW,
                AT,
                Map.of("currency", "CNY", "balance", "9.9990", "limit", "10")));
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 201, 200, false",
    "1000, 200, 199, true",
    "1000, 199, 198, false",
    "1000, 1000, 0, true",
    "0, 0, 0, false",
    "3, 1, 0, true",
    "9223372036854775807, 9223372036854775807, 1, true",
  })
  void aQuotaIsToldOfWhenLessThanItsShareIsLeft(
      long granted, long before, long after, boolean told) {
    assertThat(LIMITS.quota(ACCOUNT, AT, "passport", "2026-04", granted, before, after).isPresent())
        .isEqualTo(told);
  }

  @Test
  void debitsOfAQuarterAreToldOfOnceWhicheverLineTheyCross() {
    Debits debits = Debits.NONE;
    int told = 0;
    for (String debit : List.of("40", "40", "20", "0.01", "500")) {
      Debits after = debits.plus(new BigDecimal(debit));
      told += LIMITS.rate(ACCOUNT, AT, "CNY", debits, after).isPresent() ? 1 : 0;
      debits = after;
    }
    assertThat(debits).isEqualTo(new Debits(new BigDecimal("600.01"), 5));
    assertThat(told).isEqualTo(1);
    // The line itself is still usual.
    assertThat(LIMITS.rate(ACCOUNT, AT, "CNY", Debits.NONE, new Debits(new BigDecimal("100"), 3)))
        .isEmpty();
    assertThat(LIMITS.rate(ACCOUNT, AT, "CNY", Debits.NONE, new Debits(BigDecimal.ONE, 4)))
        .isPresent();
  }

  @Test
  void zeroIsNoLimit() {
    Thresholds off = new Thresholds(0, BigDecimal.ZERO, 0);
    assertThat(
            off.rate(
                ACCOUNT, AT, "CNY", Debits.NONE, new Debits(new BigDecimal("1e15"), 1_000_000)))
        .isEmpty();
    assertThat(off.quota(ACCOUNT, AT, "passport", "2026-04", 1_000, 1_000, 0)).isEmpty();
  }

  @Test
  void aQuarterIsTheClocks() {
    assertThat(Thresholds.quarterOf(AT)).isEqualTo("2026-04-08T10:00:00Z");
    assertThat(Thresholds.quarterOf(Instant.parse("2026-04-08T10:15:00Z")))
        .isEqualTo("2026-04-08T10:15:00Z");
    assertThat(Thresholds.quarterOf(Instant.parse("1969-12-31T23:59:59Z")))
        .isEqualTo("1969-12-31T23:45:00Z");
  }

  /** However a balance wanders, each fall through the limit is one notice and nothing else is. */
  @Property
  void everyWayThroughTheLimitIsOneNotice(
      @ForAll @Size(max = 50) List<@IntRange(min = -5, max = 25) Integer> balances) {
    int told = 0;
    int falls = 0;
    for (int i = 1; i < balances.size(); i++) {
      int before = balances.get(i - 1);
      int after = balances.get(i);
      told += low(Integer.toString(before), Integer.toString(after)) ? 1 : 0;
      boolean wasLow = before < 10;
      boolean isLow = after < 10;
      falls += !wasLow && isLow ? 1 : 0;
    }
    assertThat(told).isEqualTo(falls);
  }

  @Test
  void aNoticeIsSmallAndOfPlainFacts() {
    assertThatThrownBy(
            () -> new Notice(ACCOUNT, NoticeKind.BALANCE_LOW, AT, Map.of("Bad Name", "x")))
        .hasMessageContaining("Bad Name");
    assertThatThrownBy(
            () -> new Notice(ACCOUNT, NoticeKind.BALANCE_LOW, AT, Map.of("a", "x".repeat(201))))
        .hasMessageContaining("at most 200");
  }
}
