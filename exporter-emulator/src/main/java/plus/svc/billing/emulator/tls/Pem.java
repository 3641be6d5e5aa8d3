package plus.svc.billing.emulator.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** PEM texts and files. */
final class Pem {
  private Pem() {}

  static String certificates(List<X509Certificate> certificates) {
    return text(
        pem -> {
          for (X509Certificate certificate : certificates) {
            pem.writeObject(certificate);
          }
        });
  }

  static String key(PrivateKey key) {
    return text(pem -> pem.writeObject(new JcaPKCS8Generator(key, null)));
  }

  static List<X509Certificate> readCertificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IOException(file + " holds no certificate");
      }
      return found;
    } catch (CertificateException e) {
      throw new IOException(file + " is no PEM certificate: " + e.getMessage(), e);
    }
  }

  /** An unencrypted key: PKCS #8, or a key pair as OpenSSL writes it by default. */
  static PrivateKey readKey(Path file) throws IOException {
    try (PEMParser pem = new PEMParser(Files.newBufferedReader(file))) {
      Object found = pem.readObject();
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      if (found instanceof PrivateKeyInfo info) {
        return converter.getPrivateKey(info);
      }
      if (found instanceof PEMKeyPair pair) {
        return converter.getKeyPair(pair).getPrivate();
      }
      throw new IOException(file + " holds no unencrypted private key");
    }
  }

  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  static void writeSecret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, text);
  }

  private static String text(Writing writing) {
    StringWriter out = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(out)) {
      writing.to(pem);
    } catch (IOException e) {
      throw new IllegalStateException("a PEM text can't be made", e);
    }
    return out.toString();
  }

  @FunctionalInterface
  private interface Writing {
    void to(JcaPEMWriter pem) throws IOException;
  }
}
