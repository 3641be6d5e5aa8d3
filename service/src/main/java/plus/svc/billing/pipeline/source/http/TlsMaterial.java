package plus.svc.billing.pipeline.source.http;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.SourceSpec;

/** How a source's server is trusted and who we are to it. There is no switch to trust anybody. */
final class TlsMaterial {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final String FILE = "file:";

  private TlsMaterial() {}

  /**
   * The source's TLS: pinned CA bundle or the JDK's CAs, the client certificate under mTLS, and the
   * server's name checked twice over, by the TLS engine and after the handshake.
   *
   * @throws SourceFailure {@code credential} if a file cannot be used
   */
  static TlsSocketStrategy strategy(SourceSpec source) throws SourceFailure {
    DefaultClientTlsStrategy checked =
        new DefaultClientTlsStrategy(
            context(source),
            PROTOCOLS,
            null,
            SSLBufferMode.STATIC,
            HostnameVerificationPolicy.BOTH,
            HttpsSupport.getDefaultHostnameVerifier());
    String name = source.serverName();
    if (name == null) {
      return checked;
    }
    // The name given stands for the URL's host in SNI and in both checks.
    return (socket, host, port, attachment, context) ->
        checked.upgrade(socket, name, port, attachment, context);
  }

  private static SSLContext context(SourceSpec source) throws SourceFailure {
    SSLFactory.Builder tls = SSLFactory.builder().withProtocols(PROTOCOLS);
    addTrust(tls, source.caBundleRef());
    String credential = source.credentialRef();
    if (source.authMode() == AuthMode.MTLS && credential != null) {
      addIdentity(tls, credential);
    }
    return tls.build().getSslContext();
  }

  private static void addTrust(SSLFactory.Builder tls, @Nullable String ref) throws SourceFailure {
    if (ref == null) {
      tls.withDefaultTrustMaterial();
      return;
    }
    try {
      tls.withTrustMaterial(PemUtils.loadTrustMaterial(path(ref)));
    } catch (RuntimeException e) {
      throw unusable("ca_bundle_ref", ref, "PEM certificates", e);
    }
  }

  /** One file with chain and key, or {@code file:CHAIN,KEY}. */
  private static void addIdentity(SSLFactory.Builder tls, String ref) throws SourceFailure {
    try {
      int comma = ref.indexOf(',');
      if (comma < 0) {
        tls.withIdentityMaterial(PemUtils.loadIdentityMaterial(path(ref)));
      } else {
        Path chain = path(ref.substring(0, comma));
        String key = ref.substring(comma + 1).strip();
        tls.withIdentityMaterial(
            PemUtils.loadIdentityMaterial(
                chain, path(key.startsWith(FILE) ? key : FILE.concat(key))));
      }
    } catch (RuntimeException e) {
      throw unusable("credential_ref", ref, "a PEM certificate chain and its private key", e);
    }
  }

  private static Path path(String ref) {
    if (!ref.startsWith(FILE)) {
      throw new InvalidPathException(ref, "must be file:PATH");
    }
    return Path.of(ref.substring(FILE.length()).strip());
  }

  /** The library's own message is left out: it may quote the file. */
  private static SourceFailure unusable(
      String key, String ref, String wanted, RuntimeException cause) {
    return new SourceFailure(
        Kind.CREDENTIAL,
        String.format(
            "%s %s cannot be used: must hold %s (%s)",
            key, ref, wanted, cause.getClass().getSimpleName()));
  }
}
