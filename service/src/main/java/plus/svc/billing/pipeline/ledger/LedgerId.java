package plus.svc.billing.pipeline.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Ids of ledger rows: UUIDs of version 8 whose first 48 bits are the bucket's time in milliseconds
 * and whose other bits are hashed from the key, so that a repeat meets its own id and rows written
 * together lie together. One maker belongs to one thread.
 */
public final class LedgerId {

  private final MessageDigest sha;

  public LedgerId() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The id of the {@code revision}-th row (from 1) posted for a bucket.
   *
   * @param minute epoch minute of the bucket
   */
  public UUID ofBucket(long minute, String node, UUID account, String line, int revision) {
    String key = minute + "|" + account + "|" + revision + "|" + node.length() + "|" + node + line;
    return of(minute * 60_000L, "traffic|" + key);
  }

  /** An id from a time and a key. */
  public UUID of(long epochMillis, String key) {
    sha.reset();
    ByteBuffer hash = ByteBuffer.wrap(sha.digest(key.getBytes(StandardCharsets.UTF_8)));
    long high = (epochMillis << 16) | 0x8000L | (hash.getLong() & 0x0FFFL);
    long low = 0x8000000000000000L | (hash.getLong() & 0x3FFFFFFFFFFFFFFFL);
    return new UUID(high, low);
  }
}
