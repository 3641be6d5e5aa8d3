package plus.svc.billing.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What is kept of a token: its SHA-256. Tokens are long random texts, so a fast hash does; from it
 * nobody finds the token. Prints as {@code [token hash]} and compares in constant time.
 */
public final class TokenHash {

  /** How a hash is written. */
  public static final String FORM = "sha256: and 64 hexadecimal digits";

  private static final String PREFIX = "sha256:";
  private static final int BYTES = 32;

  private final byte[] digest;

  private TokenHash(byte[] digest) {
    this.digest = digest;
  }

  /** The hash of a token. */
  public static TokenHash of(String token) {
    try {
      return new TokenHash(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Reads a hash as {@link #text} writes it.
   *
   * @throws IllegalArgumentException if it has another form; the message doesn't quote it, since
   *     someone may have put the token itself there
   */
  public static TokenHash parse(String text) {
    String hex = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    if (hex.length() != 2 * BYTES || !hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException("must be " + FORM);
    }
    return new TokenHash(HexFormat.of().parseHex(hex));
  }

  /** For a configuration file. */
  public String text() {
    return PREFIX + HexFormat.of().formatHex(digest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenHash hash && MessageDigest.isEqual(digest, hash.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return "[token hash]";
  }
}
