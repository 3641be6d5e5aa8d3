package plus.svc.billing.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ThrottleTest {

  private static final String HERE = "192.0.2.1";

  private Instant now = Instant.parse("2026-04-08T10:00:00Z");
  private final Throttle throttle = new Throttle(3, Duration.ofSeconds(10), 4, () -> now);

  private void wrong(String address, int times) {
    for (int i = 0; i < times; i++) {
      throttle.wrong(address);
    }
  }

  @Test
  void someFailuresAreFreeThenOneEachWhile() {
    wrong(HERE, 2);
    assertThat(throttle.delay(HERE)).isZero();
    wrong(HERE, 1);
    assertThat(throttle.delay(HERE)).isEqualTo(Duration.ofSeconds(10));
    now = now.plusSeconds(4);
    assertThat(throttle.delay(HERE)).isEqualTo(Duration.ofSeconds(6));
    now = now.plusSeconds(6);
    assertThat(throttle.delay(HERE)).isZero();
    wrong(HERE, 1);
    assertThat(throttle.delay(HERE)).isEqualTo(Duration.ofSeconds(10));
    now = now.plusSeconds(30);
    wrong(HERE, 2);
    assertThat(throttle.delay(HERE)).isZero();
  }

  @Test
  void oneAddressNeverSlowsAnother() {
    wrong(HERE, 100);
    assertThat(throttle.delay("192.0.2.2")).isZero();
    assertThat(throttle.delay("2001:db8::1")).isZero();
  }

  @Test
  void anIpv6CustomerIsOneAddressWhateverItsLastBits() {
    wrong("2001:db8:1:2::1", 3);
    assertThat(throttle.delay("2001:db8:1:2:ffff::9")).isPositive();
    assertThat(throttle.delay("2001:db8:1:3::1")).isZero();
  }

  @Test
  void anIpv4AddressInIpv6FormIsTheSame() {
    wrong("::ffff:192.0.2.1", 3);
    assertThat(throttle.delay(HERE)).isPositive();
  }

  @Test
  void remembersWhoWasRightFromWhere() {
    throttle.right(HERE, "console");
    wrong(HERE, 100);
    assertThat(throttle.isKnown(HERE, "console")).isTrue();
    assertThat(throttle.isKnown(HERE, "other")).isFalse();
    assertThat(throttle.isKnown("192.0.2.2", "console")).isFalse();
  }

  @Test
  void forgetsTheAddressThatWasHeardOfLongestAgo() {
    wrong(HERE, 3);
    for (int i = 2; i < 5; i++) {
      wrong("192.0.2." + i, 3);
    }
    assertThat(throttle.delay(HERE)).isPositive(); // and is heard of again
    wrong("192.0.2.5", 3);
    assertThat(throttle.delay("192.0.2.2")).isZero();
    assertThat(throttle.delay(HERE)).isPositive();
  }

  @Test
  void aClockThatIsSetBackLocksNobodyOutForLonger() {
    wrong(HERE, 3);
    now = now.minusSeconds(3_600);
    assertThat(throttle.delay(HERE)).isEqualTo(Duration.ofSeconds(10));
    now = now.plusSeconds(10);
    assertThat(throttle.delay(HERE)).isZero();
  }
}
