package plus.svc.billing.wallet.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import plus.svc.billing.platform.Secret;

/** Signatures, and the pauses between attempts. */
class WebhookSignatureTest {

  private static final String PUBLISHED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

  private static String signed(String secret) {
    return WebhookSignature.with(Secret.of(secret)).of("msg_p5jXN8AQM9LWM0D4loKWxJek", AT, BODY);
  }

  /** The example of the libraries at github.com/standard-webhooks. */
  @Test
  void thePublishedExampleComesOut() {
    assertThat(signed(PUBLISHED)).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void whileASecretIsChangedBothSign() {
    String other = "another-secret-of-thirty-bytes";
    assertThat(signed(PUBLISHED + "\n" + other + "\n"))
        .isEqualTo(signed(PUBLISHED) + " " + signed(other));
  }

  @Test
  void aSecretThatIsUnfitIsRefusedAndNotQuoted() {
    assertThatThrownBy(() -> signed("too-short"))
        .hasMessage("the secret has 9 bytes: must have at least 24");
    assertThatThrownBy(() -> signed("whsec_%%%%")).hasMessageNotContaining("%").hasNoCause();
  }

  @Test
  void pausesDoubleUpToALimitAndAreSpread() {
    RetryPolicy policy =
        new RetryPolicy(Duration.ofSeconds(2), Duration.ofMinutes(15), 5, Duration.ofHours(1));
    Random random = new Random(1);
    for (int attempt = 1; attempt < 200; attempt++) {
      long whole = Math.min(900_000L, 2_000L << Math.min(attempt - 1, 20));
      assertThat(policy.pauseAfter(attempt, random).toMillis()).isBetween(whole / 2, whole);
    }
    assertThat(policy.pauseAfter(1, random)).isNotEqualTo(policy.pauseAfter(1, random));
  }
}
