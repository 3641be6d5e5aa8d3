package plus.svc.billing.wallet.cache;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.wallet.cache.ReadCache.Cached;

/**
 * Values as they lie in a store that others may write to: {@code v1.micros.text.seal}, the seal an
 * HMAC-SHA256 over all of that, the account and the kind. What is not whole, or was sealed for
 * another place or by another key, is no value.
 */
final class SealedValue {

  static final String VERSION = "v1";
  static final int LEAST_KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final Base64.Encoder TO = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder FROM = Base64.getUrlDecoder();

  private final SecretKeySpec key;

  /**
   * @throws IllegalArgumentException if the key is short; holds none of it
   */
  SealedValue(Secret key) {
    byte[] bytes = key.reveal().getBytes(StandardCharsets.UTF_8);
    if (bytes.length < LEAST_KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key has " + bytes.length + " bytes: must have at least " + LEAST_KEY_BYTES);
    }
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  String seal(UUID account, String kind, Cached value) {
    String text = TO.encodeToString(value.text().getBytes(StandardCharsets.UTF_8));
    String head = VERSION + "." + Micros.of(value.at()) + "." + text;
    return head + "." + TO.encodeToString(sealed(account, kind, head));
  }

  /** The value, if it is one of ours for this account and kind. */
  Optional<Cached> open(UUID account, String kind, String sealed) {
    int end = sealed.lastIndexOf('.');
    String[] parts = sealed.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals(VERSION)) {
      return Optional.empty();
    }
    try {
      String head = sealed.substring(0, end);
      if (!MessageDigest.isEqual(sealed(account, kind, head), FROM.decode(parts[3]))) {
        return Optional.empty();
      }
      Instant at = Micros.toInstant(Long.parseLong(parts[1]));
      return Optional.of(new Cached(new String(FROM.decode(parts[2]), StandardCharsets.UTF_8), at));
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private byte[] sealed(UUID account, String kind, String head) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal((account + "\n" + kind + "\n" + head).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
