package plus.svc.billing.wallet.payment;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import plus.svc.billing.platform.Secret;

/**
 * Tells whether a callback comes from who knows the secret: HMAC-SHA256 over {@code
 * TIMESTAMP.BODY}, TIMESTAMP in Unix seconds, BODY as it was sent, in hex. One that is too old is
 * refused, so that what was overheard can't be sent again later; within that time a repeat does no
 * harm.
 */
public final class CallbackSignature {

  private static final String ALGORITHM = "HmacSHA256";

  private final List<Secret> secrets;
  private final Duration window;

  /**
   * @param secrets any of them is good, so that one can be changed without a gap
   * @param window how far a timestamp may be from now, either way
   */
  public CallbackSignature(List<Secret> secrets, Duration window) {
    this.secrets = List.copyOf(secrets);
    this.window = window;
  }

  /** What came of a check. */
  public enum Verdict {
    GOOD,
    /** There is no secret to check with. */
    NO_SECRET,
    /** Its timestamp is too far from now. */
    STALE,
    /** Not signed with the secret, or changed on its way. */
    BAD
  }

  /**
   * Checks a signature.
   *
   * @param timestampSeconds as it was sent along
   * @param body the very bytes; over gRPC those of {@link #fields}
   * @param hex the signature as it was sent along
   */
  public Verdict check(long timestampSeconds, byte[] body, String hex, Instant now) {
    if (secrets.isEmpty()) {
      return Verdict.NO_SECRET;
    }
    byte[] told;
    try {
      told = HexFormat.of().parseHex(hex.strip());
    } catch (IllegalArgumentException e) {
      return Verdict.BAD;
    }
    boolean good = false;
    for (Secret secret : secrets) {
      good |= MessageDigest.isEqual(sign(secret, timestampSeconds, body), told);
    }
    if (!good) {
      return Verdict.BAD;
    }
    boolean fresh =
        timestampSeconds >= now.minus(window).getEpochSecond()
            && timestampSeconds <= now.plus(window).getEpochSecond();
    return fresh ? Verdict.GOOD : Verdict.STALE;
  }

  /** The signature in hex, as whoever calls us makes it. */
  public static String hex(Secret secret, long timestampSeconds, byte[] body) {
    return HexFormat.of().formatHex(sign(secret, timestampSeconds, body));
  }

  /**
   * What stands for the body where there is no text of one, as over gRPC: the fields of {@code
   * RechargeCallbackRequest}, a line each.
   */
  public static byte[] fields(
      String orderId, String paymentId, String amountText, String currency, String status) {
    return String.join("\n", orderId, paymentId, amountText, currency, status)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sign(Secret secret, long timestampSeconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((timestampSeconds + ".").getBytes(StandardCharsets.US_ASCII));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, e);
    }
  }
}
