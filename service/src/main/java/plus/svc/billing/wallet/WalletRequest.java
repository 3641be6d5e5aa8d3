package plus.svc.billing.wallet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * A request that was understood and allowed.
 *
 * @param id of the request and of its operation: hashed from caller and key
 * @param caller name of the token
 * @param key idempotency key, unique for the caller
 * @param source how and from where it came, for the record
 * @param body word for word
 */
public record WalletRequest(
    UUID id, String caller, String key, String source, Command command, String body) {

  private static final int MOST_KEY = 200;

  /**
   * Makes a request.
   *
   * @throws Unacceptable if the key is none
   */
  public static WalletRequest of(
      String caller, String key, String source, Command command, String body) {
    if (key.isBlank() || key.length() > MOST_KEY || key.indexOf('\0') >= 0) {
      throw new Unacceptable(
          "idempotency key is '"
              + Amounts.shown(key)
              + "': must be a text of 1 to "
              + MOST_KEY
              + " characters that is new for each change and the same for each try of it");
    }
    return new WalletRequest(idOf(caller, key), caller, key, source, command, body);
  }

  /** The id of the request of a caller under a key. */
  public static UUID idOf(String caller, String key) {
    return hash(caller.length() + "|" + caller + "|" + key);
  }

  /** A UUID (version 8) of a text's SHA-256. */
  static UUID hash(String text) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      long high = (hash.getLong() & ~0xF000L) | 0x8000L;
      long low = (hash.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
      return new UUID(high, low);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
