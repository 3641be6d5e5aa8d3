package plus.svc.billing.wallet.payment;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Loopback;

/**
 * Where a payment service is and how it is trusted. TLS, but for loopback.
 *
 * @param url {@code https://HOST:PORT}, or {@code http://} with a loopback literal; the gRPC
 *     adapter takes host and port of it only
 * @param credentialRef of the bearer token we show, null for none
 * @param caBundleRef of the authorities we believe, null for the JDK's
 * @param serverName stands for the host in SNI and in the check of the certificate; null for the
 *     host itself
 */
public record PaymentEndpoint(
    URI url,
    @Nullable String credentialRef,
    @Nullable String caBundleRef,
    @Nullable String serverName) {

  /**
   * Checks the URL.
   *
   * @throws IllegalArgumentException saying what it must be
   */
  public PaymentEndpoint {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (host == null || url.getRawUserInfo() != null || url.getRawQuery() != null) {
      throw new IllegalArgumentException("must be https://HOST[:PORT]");
    }
    if (!scheme.equals("https") && !(scheme.equals("http") && Loopback.isLiteral(host))) {
      throw new IllegalArgumentException(
          "must be https://HOST[:PORT]; plain http is for loopback only");
    }
  }

  /** Whether it speaks TLS. */
  boolean isSecure() {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /**
   * The host to connect to. In plain text {@code localhost} is not looked up: a name that points
   * elsewhere would get what is for this machine alone.
   */
  String host() {
    String host = url.getHost();
    return !isSecure() && host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host;
  }
}
