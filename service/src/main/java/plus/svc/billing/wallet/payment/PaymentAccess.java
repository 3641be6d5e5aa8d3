package plus.svc.billing.wallet.payment;

import javax.net.ssl.X509ExtendedTrustManager;
import nl.altindag.ssl.pem.util.PemUtils;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.SecretRefs;

/**
 * What the references to token and authorities name now. They are read for each call, so that a
 * rotated one is used by the next.
 */
final class PaymentAccess {

  private static final long MAX_BUNDLE_BYTES = 1 << 20;

  private final PaymentEndpoint endpoint;
  private final SecretRefs secrets;

  PaymentAccess(PaymentEndpoint endpoint, SecretRefs secrets) {
    this.endpoint = endpoint;
    this.secrets = secrets;
  }

  /**
   * The token to show, null if none is configured.
   *
   * @throws PaymentFailure {@code trust} if it can't be read
   */
  @Nullable Secret token() throws PaymentFailure {
    String ref = endpoint.credentialRef();
    if (ref == null) {
      return null;
    }
    try {
      return secrets.resolve(ref);
    } catch (IllegalArgumentException e) {
      throw new PaymentFailure(
          PaymentFailure.Kind.TRUST, "wallet.payment.credentialRef: " + e.getMessage());
    }
  }

  /**
   * The authorities as PEM, null for the JDK's.
   *
   * @throws PaymentFailure {@code trust} if they can't be read
   */
  @Nullable Secret bundle() throws PaymentFailure {
    String ref = endpoint.caBundleRef();
    if (ref == null) {
      return null;
    }
    try {
      return secrets.resolveFile(ref, MAX_BUNDLE_BYTES);
    } catch (IllegalArgumentException e) {
      throw new PaymentFailure(
          PaymentFailure.Kind.TRUST, "wallet.payment.caBundleRef: " + e.getMessage());
    }
  }

  /**
   * Who believes these authorities and nobody else.
   *
   * @throws PaymentFailure {@code trust} if they are no certificates
   */
  static X509ExtendedTrustManager trust(Secret bundle) throws PaymentFailure {
    try {
      return PemUtils.parseTrustMaterial(bundle.reveal());
    } catch (RuntimeException e) {
      // The library's own message is left out: it may quote the text.
      throw new PaymentFailure(
          PaymentFailure.Kind.TRUST, "wallet.payment.caBundleRef holds no PEM certificates");
    }
  }
}
