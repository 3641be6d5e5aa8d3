package plus.svc.billing.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A password or token. Prints as {@code [secret]} and compares in constant time; {@link #reveal()}
 * is called only where it leaves for its rightful reader.
 */
public final class Secret {

  private final String value;
  private final byte[] digest;

  private Secret(String value) {
    this.value = value;
    this.digest = digest(value);
  }

  /**
   * Wraps a clear text.
   *
   * @param value kept as it is, blanks included
   * @throws IllegalArgumentException if it is nothing but blanks
   */
  public static Secret of(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a secret is blank");
    }
    return new Secret(value);
  }

  /** The clear text. Never log it, never put it into an exception. */
  public String reveal() {
    return value;
  }

  /** Whether the candidate is this secret; takes as long for every candidate of one length. */
  public boolean matches(String candidate) {
    return MessageDigest.isEqual(digest, digest(candidate));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(digest, secret.digest);
  }

  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[secret]";
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
