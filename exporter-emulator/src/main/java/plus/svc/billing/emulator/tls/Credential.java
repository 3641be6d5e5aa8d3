package plus.svc.billing.emulator.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its private key.
 *
 * @param chain the certificate itself first, then what signed it, without the root
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {
  public Credential {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a credential needs a certificate");
    }
  }

  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** The chain as PEM. */
  public String certificatePem() {
    return Pem.certificates(chain);
  }

  /** The key as unencrypted PKCS #8 PEM. */
  public String keyPem() {
    return Pem.key(key);
  }

  /** Chain and key in one text, as the two-in-one files of some clients want it. */
  public String pairPem() {
    return certificatePem() + keyPem();
  }

  /**
   * Writes {@code <name>.pem} and {@code <name>-key.pem}, the key for the owner's eyes only where
   * the file system knows such a thing.
   */
  public void writeTo(Path directory, String name) throws IOException {
    Pem.write(directory.resolve(name + ".pem"), certificatePem());
    Pem.writeSecret(directory.resolve(name + "-key.pem"), keyPem());
  }

  /** Reads what {@link #writeTo} wrote. */
  public static Credential read(Path directory, String name) throws IOException {
    return new Credential(
        Pem.readKey(directory.resolve(name + "-key.pem")),
        Pem.readCertificates(directory.resolve(name + ".pem")));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Credential[" + certificate().getSubjectX500Principal() + "]";
  }
}
