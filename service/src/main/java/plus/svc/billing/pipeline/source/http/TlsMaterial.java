package plus.svc.billing.pipeline.source.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.Secret;
import plus.svc.billing.platform.ServerCheck;

/** How a source's server is trusted and who we are to it. There is no switch to trust anybody. */
final class TlsMaterial {

  private TlsMaterial() {}

  /**
   * The source's TLS: pinned CA bundle or the JDK's CAs, and the client certificate under mTLS.
   *
   * @throws SourceFailure {@code credential} if a text cannot be used
   */
  static SSLContext context(SourceSpec source, CredentialTexts texts) throws SourceFailure {
    SSLFactory.Builder tls = SSLFactory.builder().withProtocols(ServerCheck.protocols());
    addTrust(tls, source, texts.caBundle());
    Secret chain = texts.credential();
    if (source.authMode() == AuthMode.MTLS && chain != null) {
      addIdentity(tls, source, chain.reveal(), texts.key());
    }
    return tls.build().getSslContext();
  }

  /**
   * When what {@link #context} was made of ends: {@code client}, the first of our chain that does;
   * {@code trust}, the last of the pinned authorities, since they are changed by having two of them
   * for a while.
   */
  static Map<String, Instant> expiries(SourceSpec source, CredentialTexts texts) {
    Map<String, Instant> expiries = new HashMap<>();
    Secret chain = texts.credential();
    if (source.authMode() == AuthMode.MTLS && chain != null) {
      ends(chain).min(Comparator.naturalOrder()).ifPresent(end -> expiries.put("client", end));
    }
    Secret bundle = texts.caBundle();
    if (bundle != null) {
      ends(bundle).max(Comparator.naturalOrder()).ifPresent(end -> expiries.put("trust", end));
    }
    return expiries;
  }

  private static Stream<Instant> ends(Secret pem) {
    return PemUtils.parseCertificate(pem.reveal()).stream()
        .map(certificate -> certificate.getNotAfter().toInstant());
  }

  private static void addTrust(SSLFactory.Builder tls, SourceSpec source, @Nullable Secret bundle)
      throws SourceFailure {
    if (bundle == null) {
      tls.withDefaultTrustMaterial();
      return;
    }
    try {
      tls.withTrustMaterial(PemUtils.parseTrustMaterial(bundle.reveal()));
    } catch (RuntimeException e) {
      throw unusable("ca_bundle_ref", source.caBundleRef(), "PEM certificates", e);
    }
  }

  /** Chain and key in one text, or each in its own. */
  private static void addIdentity(
      SSLFactory.Builder tls, SourceSpec source, String chain, @Nullable Secret key)
      throws SourceFailure {
    String wanted = "a PEM certificate chain and its private key";
    boolean match;
    try {
      String keyText = key == null ? chain : key.reveal();
      match =
          match(
              PemUtils.parsePrivateKey(keyText),
              PemUtils.parseCertificate(chain).get(0).getPublicKey());
      tls.withIdentityMaterial(
          key == null
              ? PemUtils.parseIdentityMaterial(chain)
              : PemUtils.parseIdentityMaterial(chain, keyText, null));
    } catch (RuntimeException e) {
      throw unusable("credential_ref", source.credentialRef(), wanted, e);
    }
    if (!match) {
      throw new SourceFailure(
          Kind.CREDENTIAL,
          "credential_ref "
              + source.credentialRef()
              + " cannot be used: the key is not the first certificate's");
    }
  }

  /** Whether what the private key signs is good to the public one. */
  private static boolean match(PrivateKey key, PublicKey of) {
    String kind = of.getAlgorithm();
    String signing =
        switch (kind) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> kind;
        };
    try {
      PrivateKey ours =
          KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
      byte[] text = "whose key is this?".getBytes(StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(signing);
      signature.initSign(ours);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(of);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // Another kind of key, or one of another length.
      return false;
    }
  }

  /** The library's own message is left out: it may quote the text. */
  private static SourceFailure unusable(
      String key, @Nullable String ref, String wanted, RuntimeException cause) {
    return new SourceFailure(
        Kind.CREDENTIAL,
        String.format(
            Locale.ROOT,
            "%s %s cannot be used: must hold %s (%s)",
            key,
            ref,
            wanted,
            cause.getClass().getSimpleName()));
  }
}
