package plus.svc.billing.wallet.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.wallet.payment.CallbackSignature.Verdict;

final class CallbackSignatureTest {

  private static final Instant NOW = Instant.parse("2026-04-08T10:30:00Z");
  private static final Secret OLD = Secret.of("the one before");
  private static final Secret SECRET = Secret.of("shared with the payment service");
  private static final byte[] BODY = "{\"status\":\"SUCCESS\"}".getBytes(StandardCharsets.UTF_8);

  private final CallbackSignature signature =
      new CallbackSignature(List.of(SECRET, OLD), Duration.ofMinutes(5));

  @Test
  void whoKnowsASecretIsBelieved() {
    assertThat(check(NOW, BODY, SECRET)).isEqualTo(Verdict.GOOD);
    assertThat(check(NOW, BODY, OLD)).isEqualTo(Verdict.GOOD);
  }

  @Test
  void anotherSecretBodyOrTimeIsNot() {
    assertThat(check(NOW, BODY, Secret.of("guessed"))).isEqualTo(Verdict.BAD);
    var hex = CallbackSignature.hex(SECRET, NOW.getEpochSecond(), BODY);
    assertThat(signature.check(NOW.getEpochSecond(), new byte[0], hex, NOW)).isEqualTo(Verdict.BAD);
    assertThat(signature.check(NOW.getEpochSecond() + 1, BODY, hex, NOW)).isEqualTo(Verdict.BAD);
    assertThat(signature.check(NOW.getEpochSecond(), BODY, "no hex", NOW)).isEqualTo(Verdict.BAD);
    assertThat(signature.check(NOW.getEpochSecond(), BODY, "", NOW)).isEqualTo(Verdict.BAD);
  }

  @Test
  void whatIsTooOldOrFromTheFutureIsRefused() {
    assertThat(check(NOW.minusSeconds(300), BODY, SECRET)).isEqualTo(Verdict.GOOD);
    assertThat(check(NOW.minusSeconds(301), BODY, SECRET)).isEqualTo(Verdict.STALE);
    assertThat(check(NOW.plusSeconds(301), BODY, SECRET)).isEqualTo(Verdict.STALE);
    var hex = CallbackSignature.hex(SECRET, Long.MIN_VALUE, BODY);
    assertThat(signature.check(Long.MIN_VALUE, BODY, hex, NOW)).isEqualTo(Verdict.STALE);
  }

  @Test
  void withoutASecretNobodyIsBelieved() {
    var none = new CallbackSignature(List.of(), Duration.ofMinutes(5));
    assertThat(none.check(NOW.getEpochSecond(), BODY, "00", NOW)).isEqualTo(Verdict.NO_SECRET);
  }

  private Verdict check(Instant at, byte[] body, Secret secret) {
    long seconds = at.getEpochSecond();
    return signature.check(seconds, body, CallbackSignature.hex(secret, seconds, body), NOW);
  }
}
