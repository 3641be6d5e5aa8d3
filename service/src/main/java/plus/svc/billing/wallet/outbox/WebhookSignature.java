package plus.svc.billing.wallet.outbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import plus.svc.billing.platform.Secret;

/**
 * Signs messages as Standard Webhooks 1.0 has it (standardwebhooks.com): HMAC-SHA256 over {@code
 * id.timestamp.body}, so that ready-made verifiers of many languages take them.
 */
final class WebhookSignature {

  static final String ID = "webhook-id";
  static final String TIMESTAMP = "webhook-timestamp";
  static final String SIGNATURE = "webhook-signature";

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  private static final int LEAST_KEY_BYTES = 24;

  private final List<byte[]> keys;

  private WebhookSignature(List<byte[]> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Takes one secret, or, while it is changed for another, two of them with a blank or a line's end
   * between: {@code whsec_} and base64, or any text of 24 bytes and more.
   *
   * @throws IllegalArgumentException if one is too short or no base64; holds none of it
   */
  static WebhookSignature with(Secret secret) {
    List<byte[]> keys = new ArrayList<>();
    for (String text : secret.reveal().strip().split("\\s+", -1)) {
      byte[] key;
      try {
        key =
            text.startsWith(PREFIX)
                ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
                : text.getBytes(StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // Its own message quotes the text.
        throw new IllegalArgumentException("the secret begins with whsec_ and is no base64");
      }
      if (key.length < LEAST_KEY_BYTES) {
        throw new IllegalArgumentException(
            "the secret has " + key.length + " bytes: must have at least " + LEAST_KEY_BYTES);
      }
      keys.add(key);
    }
    return new WebhookSignature(keys);
  }

  /** The header's value: a signature for each secret. */
  String of(String id, Instant at, byte[] body) {
    StringBuilder all = new StringBuilder();
    for (byte[] key : keys) {
      all.append(all.isEmpty() ? "" : " ").append("v1,").append(signed(key, id, at, body));
    }
    return all.toString();
  }

  private static String signed(byte[] key, String id, Instant at, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update((id + "." + at.getEpochSecond() + ".").getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
