package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a message may go. Every address is a literal: no name is looked up. */
class AddressRuleTest {

  private static boolean allowed(AddressRule rule, String address) throws UnknownHostException {
    return rule.allows(InetAddress.getByName(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1"
      })
  void publicAddressesAreAllowed(String address) throws Exception {
    assertThat(allowed(AddressRule.PUBLIC, address)).isTrue();
    assertThat(allowed(AddressRule.PRIVATE_TOO, address)).isTrue();
    assertThat(allowed(AddressRule.LOOPBACK, address)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.255.254, true",
    "::1, true",
    "::ffff:127.0.0.1, true",
    "2130706433, true",
    "10.0.0.0, false",
    "10.255.255.255, false",
    "::ffff:10.1.2.3, false",
    "172.16.0.1, false",
    "172.31.255.255, false",
    "192.168.0.1, false",
    "100.64.0.1, false",
    "100.127.255.255, false",
    "fc00::1, false",
    "fdff::1, false",
    "64:ff9b::10.0.0.1, false",
  })
  void privateOnesOnlyWhereTheyAre(String address, boolean loopback) throws Exception {
    assertThat(allowed(AddressRule.PUBLIC, address)).isFalse();
    assertThat(allowed(AddressRule.PRIVATE_TOO, address)).isTrue();
    assertThat(allowed(AddressRule.LOOPBACK, address)).isEqualTo(loopback);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "169.254.0.1",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::127.0.0.1",
        "::10.0.0.1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "4000::1"
      })
  void nothingElseEverIs(String address) throws Exception {
    for (AddressRule rule : AddressRule.values()) {
      assertThat(allowed(rule, address)).as(rule + " " + address).isFalse();
    }
  }
}
