package plus.svc.billing.emulator;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.TlsContexts;

/**
 * How an emulator speaks TLS.
 *
 * @param clientCertificate whether a client without a certificate of the trusted authority is
 *     refused
 * @param protocols e.g. {@code TLSv1.3}; at least one
 */
public record ServerTls(SSLContext context, boolean clientCertificate, List<String> protocols) {
  public ServerTls {
    protocols = List.copyOf(protocols);
    if (protocols.isEmpty()) {
      throw new IllegalArgumentException("TLS needs at least one protocol");
    }
  }

  /** Shows this certificate to everybody. */
  public static ServerTls https(Credential server) {
    return of(server, server.certificate(), false);
  }

  /** Shows this certificate, and wants one of the client that this authority signed. */
  public static ServerTls mutual(Credential server, X509Certificate clientAuthority) {
    return of(server, clientAuthority, true);
  }

  /** The same with other protocols. */
  public ServerTls withProtocols(String... names) {
    return new ServerTls(context, clientCertificate, List.of(names));
  }

  private static ServerTls of(Credential server, X509Certificate trusted, boolean clientAuth) {
    return new ServerTls(
        TlsContexts.of(server, trusted), clientAuth, List.of("TLSv1.3", "TLSv1.2"));
  }
}
