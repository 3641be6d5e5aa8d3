package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.emulator.tls.Validity;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;

class TlsIT {
  /** The JDK's TLS judges certificates by the machine's clock, so the tests have to as well. */
  private static final InstantSource CLOCK = Clock.systemUTC();

  private static final NodeConfig NODE =
      NodeConfig.of(Flavour.A, "jp-node", "prod", Access.bearer(Http.TOKEN));
  private static final NodeConfig BEHIND_MTLS =
      NodeConfig.of(Flavour.A, "jp-node", "prod", Access.open());

  private final DevCertificates authority = DevCertificates.create(CLOCK);

  @Test
  void aClientThatPinsTheAuthorityIsServed() throws Exception {
    assertThat(status(ServerTls.https(authority.server("jp-node.example")), trusting(authority)))
        .isEqualTo(200);
  }

  @Test
  void theServerAlsoAnswersToItsNameAndToLocalhost() throws Exception {
    try (ExporterEmulator emulator = start(ServerTls.https(authority.server("jp-node.example")))) {
      URI localhost = URI.create(emulator.baseUri().toString().replace("127.0.0.1", "localhost"));
      assertThat(Http.tls(trusting(authority)).get(localhost, "/v1/snapshots/latest").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void anotherAuthoritysClientRefusesTheServer() {
    refused(authority.server("jp-node.example"), trusting(DevCertificates.create(CLOCK)));
  }

  @Test
  void anExpiredServerIsRefused() {
    refused(authority.server("jp-node.example", Validity.expired(CLOCK)), trusting(authority));
  }

  @Test
  void aServerNotYetValidIsRefused() {
    refused(authority.server("jp-node.example", Validity.notYet(CLOCK)), trusting(authority));
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    refused(authority.serverOnlyNamed("other.example"), trusting(authority));
  }

  @Test
  void aSelfSignedServerIsRefused() {
    refused(authority.selfSignedServer("jp-node.example"), trusting(authority));
  }

  @Test
  void aClientWithACertificateIsServedWithoutAToken() throws Exception {
    SSLContext client = showing(authority.client("billing-service"), authority);
    try (ExporterEmulator emulator = ExporterEmulator.start(mutual(BEHIND_MTLS), CLOCK)) {
      assertThat(
              Http.tls(client)
                  .get(emulator.baseUri(), "/v1/snapshots/latest", Map.of())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aClientWithoutACertificateIsCutOff() {
    cutOff(trusting(authority));
  }

  @Test
  void aClientOfAnotherAuthorityIsCutOff() {
    DevCertificates other = DevCertificates.create(CLOCK);
    cutOff(showing(other.client("billing-service"), authority));
  }

  @Test
  void aClientWithAnExpiredCertificateIsCutOff() {
    Credential expired = authority.client("billing-service", Validity.expired(CLOCK));
    cutOff(showing(expired, authority));
  }

  @Test
  void aServerCertificateIsNoClientCertificate() {
    cutOff(showing(authority.server("jp-node.example"), authority));
  }

  @Test
  void certificatesSurviveTheWayThroughFiles(@TempDir Path directory) throws Exception {
    DevCertificates made = DevCertificates.in(directory, "jp-node.example", CLOCK);
    DevCertificates again = DevCertificates.in(directory, "ignored", CLOCK);
    assertThat(again.authority().certificate()).isEqualTo(made.authority().certificate());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "ca.pem",
              "ca-key.pem",
              "server.pem",
              "server-key.pem",
              "client.pem",
              "client-key.pem");
    }
    assertThat(Files.readString(directory.resolve("client-key.pem")))
        .startsWith("-----BEGIN PRIVATE KEY-----");

    Credential server = Credential.read(directory, "server");
    SSLContext client = showing(Credential.read(directory, "client"), again);
    assertThat(status(ServerTls.mutual(server, again.authority().certificate()), client))
        .isEqualTo(200);
  }

  @Test
  void noSecretIsInACredentialsText() {
    assertThat(authority.server("jp-node.example")).hasToString("Credential[CN=jp-node.example]");
  }

  private void refused(Credential server, SSLContext client) {
    assertThatThrownBy(() -> status(ServerTls.https(server), client))
        .isInstanceOf(SSLHandshakeException.class)
        .rootCause()
        .isInstanceOfAny(
            CertificateException.class,
            CertPathValidatorException.class,
            CertPathBuilderException.class);
  }

  private void cutOff(SSLContext client) {
    assertThatThrownBy(
            () ->
                status(
                    ServerTls.mutual(
                        authority.server("jp-node.example"), authority.authority().certificate()),
                    client))
        .isInstanceOf(IOException.class);
  }

  private EmulatorConfig mutual(NodeConfig node) {
    return EmulatorConfig.https(
        node,
        ServerTls.mutual(authority.server("jp-node.example"), authority.authority().certificate()));
  }

  private static int status(ServerTls tls, @Nullable SSLContext client) throws Exception {
    try (ExporterEmulator emulator = start(tls)) {
      return Http.tls(client).get(emulator.baseUri(), "/v1/snapshots/latest").statusCode();
    }
  }

  private static ExporterEmulator start(ServerTls tls) throws IOException {
    return ExporterEmulator.start(EmulatorConfig.https(NODE, tls), CLOCK);
  }

  private static SSLContext trusting(DevCertificates authority) {
    return TlsContexts.of(null, authority.authority().certificate());
  }

  private static SSLContext showing(Credential own, DevCertificates authority) {
    return TlsContexts.of(own, authority.authority().certificate());
  }
}
