package plus.svc.billing.emulator;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A line to paste into a shell that gets the first snapshots of a node. */
final class CurlExample {
  private final StringBuilder line = new StringBuilder("curl");

  CurlExample tls(@Nullable Path directory, boolean clientCertificate) {
    if (directory == null) {
      return this;
    }
    line.append(" --cacert ").append(directory.resolve("ca.pem"));
    if (clientCertificate) {
      line.append(" --cert ").append(directory.resolve("client.pem"));
      line.append(" --key ").append(directory.resolve("client-key.pem"));
    }
    return this;
  }

  /** A token as the shell is to see it: itself, or a command that prints it. */
  CurlExample token(String shown) {
    if (!shown.isEmpty()) {
      line.append(" -H \"Authorization: Bearer ").append(shown).append('"');
    }
    return this;
  }

  String window(URI base, Instant since) {
    return line.append(" '")
        .append(base)
        .append("/v1/snapshots/window?since=")
        .append(since.truncatedTo(ChronoUnit.MINUTES))
        .append("&limit=2'")
        .toString();
  }
}
