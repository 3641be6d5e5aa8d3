package plus.svc.billing.emulator.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A throw-away certificate authority (EC P-256) and what it signs. Two instances are two
 * authorities that don't know each other. The JDK's TLS judges validity by the machine's clock, so
 * the clock given here should be that one unless a test means otherwise.
 */
public final class DevCertificates {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;
  private final Credential authority;

  private DevCertificates(InstantSource clock, Credential authority) {
    this.clock = clock;
    this.authority = authority;
  }

  /** A new authority. */
  public static DevCertificates create(InstantSource clock) {
    KeyPair keys = newKeys();
    X500Name name = name("Development CA " + Long.toHexString(RANDOM.nextLong()));
    X509Certificate root =
        sign(name, keys, name, keys, Validity.current(clock), DevCertificates::authorityExtensions);
    return new DevCertificates(clock, new Credential(keys.getPrivate(), List.of(root)));
  }

  /**
   * The authority kept in a directory as {@code ca.pem} and {@code ca-key.pem}; made there if
   * missing, with a {@code server} and a {@code client} pair beside it.
   *
   * @param serverName a name for the server beside localhost
   */
  public static DevCertificates in(Path directory, String serverName, InstantSource clock)
      throws IOException {
    if (Files.exists(directory.resolve("ca.pem"))) {
      return new DevCertificates(clock, Credential.read(directory, "ca"));
    }
    Files.createDirectories(directory);
    DevCertificates made = create(clock);
    made.authority.writeTo(directory, "ca");
    made.server(serverName).writeTo(directory, "server");
    made.client("billing-service").writeTo(directory, "client");
    return made;
  }

  /** The authority itself; its certificate is what a client pins. */
  public Credential authority() {
    return authority;
  }

  /** A server that is localhost, 127.0.0.1, ::1 and this name. */
  public Credential server(String name) {
    return server(name, Validity.current(clock));
  }

  /** The same with a validity of one's own: {@link Validity#expired}, {@link Validity#notYet}. */
  public Credential server(String name, Validity validity) {
    return signed(name, validity, serverExtensions(loopbackAnd(name)));
  }

  /** A server that is only this name, so neither localhost nor 127.0.0.1. */
  public Credential serverOnlyNamed(String name) {
    return signed(name, Validity.current(clock), serverExtensions(new GeneralNames(dnsName(name))));
  }

  /** A server whose certificate no authority signed. */
  public Credential selfSignedServer(String name) {
    KeyPair keys = newKeys();
    X500Name subject = name(name);
    return new Credential(
        keys.getPrivate(),
        List.of(
            sign(
                subject,
                keys,
                subject,
                keys,
                Validity.current(clock),
                serverExtensions(loopbackAnd(name)))));
  }

  /** A client. */
  public Credential client(String name) {
    return client(name, Validity.current(clock));
  }

  /** The same with a validity of one's own. */
  public Credential client(String name, Validity validity) {
    return signed(
        name,
        validity,
        builder -> {
          leafExtensions(builder);
          builder.addExtension(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        });
  }

  private Credential signed(String name, Validity validity, Extensions extensions) {
    KeyPair keys = newKeys();
    X500Name issuer =
        X500Name.getInstance(authority.certificate().getSubjectX500Principal().getEncoded());
    KeyPair issuerKeys = new KeyPair(authority.certificate().getPublicKey(), authority.key());
    return new Credential(
        keys.getPrivate(),
        List.of(sign(name(name), keys, issuer, issuerKeys, validity, extensions)));
  }

  private static X509Certificate sign(
      X500Name subject,
      KeyPair subjectKeys,
      X500Name issuer,
      KeyPair issuerKeys,
      Validity validity,
      Extensions extensions) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(120, RANDOM),
              Date.from(validity.notBefore()),
              Date.from(validity.notAfter()),
              subject,
              subjectKeys.getPublic());
      extensions.addTo(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("no certificate could be made for " + subject, e);
    }
  }

  private static void authorityExtensions(JcaX509v3CertificateBuilder builder)
      throws CertIOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  private static void leafExtensions(JcaX509v3CertificateBuilder builder) throws CertIOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
  }

  private static Extensions serverExtensions(GeneralNames names) {
    return builder -> {
      leafExtensions(builder);
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, names);
    };
  }

  private static GeneralNames loopbackAnd(String name) {
    return new GeneralNames(
        new GeneralName[] {
          dnsName("localhost"),
          new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
          new GeneralName(GeneralName.iPAddress, "::1"),
          dnsName(name)
        });
  }

  private static GeneralName dnsName(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no P-256", e);
    }
  }

  @FunctionalInterface
  private interface Extensions {
    void addTo(JcaX509v3CertificateBuilder builder) throws CertIOException;
  }
}
