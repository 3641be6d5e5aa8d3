package plus.svc.billing.emulator.window;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.emulator.window.RawCounter.Direction.DOWNLINK;
import static plus.svc.billing.emulator.window.RawCounter.Direction.UPLINK;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final Identities KNOWN =
      new Identities(
          List.of(
              new Identity("proxy-2", "Two@Example.com", "account-2"),
              new Identity("proxy-1", "user01@example.com", "account-1")));

  @Test
  void ofFlavourAAreOnePerIdentifierAndInbound() {
    assertThat(
            SamplesA.of(
                List.of(
                    up("proxy-2", "xhttp", 5),
                    up("proxy-1", "tcp", 1),
                    down("proxy-1", "tcp", 2),
                    up("proxy-1", "", 9)),
                KNOWN))
        .containsExactly(
            new SampleRow("proxy-1", "user01@example.com", "", 9, 0),
            new SampleRow("proxy-1", "user01@example.com", "tcp", 1, 2),
            new SampleRow("proxy-2", "Two@Example.com", "xhttp", 5, 0));
  }

  @Test
  void ofFlavourAPassEverythingThroughAndTakeTheLastOfTwo() {
    assertThat(
            SamplesA.of(
                List.of(
                    up("mail@example.com", "tcp", 5),
                    up("mail@example.com", "tcp", 3),
                    up("PROXY-1", "tcp", 1),
                    up(" ", "tcp", 1)),
                KNOWN))
        .containsExactly(
            new SampleRow("PROXY-1", "unknown", "tcp", 1, 0),
            new SampleRow("mail@example.com", "unknown", "tcp", 3, 0));
  }

  @Test
  void ofFlavourBAreOnePerAccountSummedOverItsIdentifiersAndInbounds() {
    assertThat(
            SamplesB.of(
                List.of(
                    up("proxy-2", "tcp", 1),
                    up("PROXY-2", "xhttp", 2),
                    up("two@example.com", "tcp", 4),
                    up("account-2", "tcp", 8),
                    down("proxy-1", "tcp", 16)),
                KNOWN))
        .containsExactly(
            new SampleRow("account-1", "user01@example.com", "", 0, 16),
            new SampleRow("account-2", "two@example.com", "", 15, 0));
  }

  @Test
  void ofFlavourBDropUnknownEmailsAndPassOtherUnknownsThrough() {
    assertThat(
            SamplesB.of(
                List.of(up("who@example.com", "tcp", 1), up("who", "tcp", 2), up("", "tcp", 4)),
                KNOWN))
        .containsExactly(new SampleRow("who", "", "", 2, 0));
  }

  private static RawCounter up(String identifier, String tag, long bytes) {
    return new RawCounter(identifier, tag, UPLINK, bytes);
  }

  private static RawCounter down(String identifier, String tag, long bytes) {
    return new RawCounter(identifier, tag, DOWNLINK, bytes);
  }
}
