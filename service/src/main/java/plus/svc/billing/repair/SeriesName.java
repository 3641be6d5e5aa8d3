package plus.svc.billing.repair;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a series is called before people: its account, or a short hash of an identifier. */
final class SeriesName {

  private static final int BYTES = 4;

  private SeriesName() {}

  /** An identifier without an account may be anything, an e-mail too: it is never shown. */
  static String of(@Nullable UUID account, String identifier) {
    if (account != null) {
      return account.toString();
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identifier.getBytes(StandardCharsets.UTF_8));
      return "unknown-" + HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
