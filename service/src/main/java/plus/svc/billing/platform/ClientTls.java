package plus.svc.billing.platform;

import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards others: 1.2 and 1.3, their certificates checked. There is no way to trust anybody.
 */
public final class ClientTls {

  /** A system's whole bundle has some 250 KiB. */
  private static final long MAX_PEM_BYTES = 2L << 20;

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private ClientTls() {}

  /** The versions to speak. */
  public static String[] protocols() {
    return PROTOCOLS.clone();
  }

  /**
   * Reads a bundle of authorities, now.
   *
   * @param ref {@code file:PATH} or {@code systemd:NAME}; null for the JDK's authorities
   * @return PEM, null for the JDK's
   * @throws IllegalArgumentException if it cannot be read
   */
  public static @Nullable Secret bundle(@Nullable String ref, SecretRefs secrets) {
    return ref == null ? null : secrets.resolveFile(ref, MAX_PEM_BYTES);
  }

  /**
   * Trusts certificates that come of a bundle.
   *
   * @param bundle PEM, null for the JDK's authorities
   * @throws IllegalArgumentException if the bundle cannot be used; holds nothing of it
   */
  public static SSLContext trusting(@Nullable Secret bundle) {
    SSLFactory.Builder trust = SSLFactory.builder().withProtocols(PROTOCOLS);
    if (bundle == null) {
      return trust.withDefaultTrustMaterial().build().getSslContext();
    }
    try {
      return trust
          .withTrustMaterial(PemUtils.parseTrustMaterial(bundle.reveal()))
          .build()
          .getSslContext();
    } catch (RuntimeException e) {
      // The library's own message may quote the text.
      throw new IllegalArgumentException("caBundleRef holds no PEM certificates");
    }
  }
}
