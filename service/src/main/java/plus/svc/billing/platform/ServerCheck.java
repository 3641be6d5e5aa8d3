package plus.svc.billing.platform;

import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.jspecify.annotations.Nullable;

/** How a connection becomes a TLS one to the right server. There is no switch to weaken it. */
public final class ServerCheck {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private ServerCheck() {}

  /** The protocols that are spoken. */
  public static String[] protocols() {
    return PROTOCOLS.clone();
  }

  /**
   * The server's name is checked twice over, by the TLS engine and after the handshake.
   *
   * @param serverName stands for the URL's host in SNI and in both checks; null for the host itself
   */
  public static TlsSocketStrategy strategy(SSLContext context, @Nullable String serverName) {
    DefaultClientTlsStrategy checked =
        new DefaultClientTlsStrategy(
            context,
            protocols(),
            null,
            SSLBufferMode.STATIC,
            HostnameVerificationPolicy.BOTH,
            HttpsSupport.getDefaultHostnameVerifier());
    if (serverName == null) {
      return checked;
    }
    return (socket, host, port, attachment, http) ->
        checked.upgrade(socket, serverName, port, attachment, http);
  }
}
