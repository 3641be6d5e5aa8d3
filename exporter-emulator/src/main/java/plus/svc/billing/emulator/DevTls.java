package plus.svc.billing.emulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;

/** TLS from a directory of PEM files. */
final class DevTls {
  private DevTls() {}

  /**
   * With the directory's {@code server} pair; the directory is filled first if it has no authority.
   */
  static ServerTls in(Path directory, String serverName, boolean clientAuth, InstantSource clock)
      throws IOException {
    DevCertificates authority = DevCertificates.in(directory, serverName, clock);
    Credential server = Credential.read(directory, "server");
    return clientAuth
        ? ServerTls.mutual(server, authority.authority().certificate())
        : ServerTls.https(server);
  }
}
