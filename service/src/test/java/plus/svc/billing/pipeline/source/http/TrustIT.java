package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.source.http.Asking.EMPTY_PAGE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.emulator.tls.Credential;
import plus.svc.billing.emulator.tls.DevCertificates;
import plus.svc.billing.emulator.tls.TlsContexts;
import plus.svc.billing.emulator.tls.Validity;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.Sources;

/** Whom the client trusts, on real TLS connections. */
@Timeout(120)
final class TrustIT {

  private static final Clock CLOCK = Clock.systemUTC();
  private static final DevCertificates OURS = DevCertificates.create(CLOCK);
  private static final DevCertificates OTHERS = DevCertificates.create(CLOCK);

  @TempDir static Path directory;

  private final Asking asking = new Asking();

  @BeforeAll
  static void writeFiles() throws IOException {
    OURS.authority().writeTo(directory, "ca");
    Files.writeString(directory.resolve("empty.pem"), "no certificate\n");
    Credential client = OURS.client("billing");
    client.writeTo(directory, "client");
    Files.writeString(directory.resolve("client-pair.pem"), client.pairPem());
    OTHERS.client("billing").writeTo(directory, "stranger");
  }

  @AfterEach
  void close() {
    asking.close();
  }

  @Test
  void aServerOfThePinnedAuthorityIsTrusted() throws Exception {
    try (ScriptedServer server = server(OURS.server("exporter.example"))) {
      assertThat(asking.page(pinned(server)).nodeId()).isEqualTo("jp");
      assertThat(asking.page(Sources.at(server.uri("localhost")).trusting(ca())).nodeId())
          .isEqualTo("jp");
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsNot() {
    try (ScriptedServer server = server(OTHERS.server("exporter.example"))) {
      refused(pinned(server), server, "no CA that we trust");
    }
  }

  @Test
  void withoutABundleOnlyTheWorldsAuthoritiesAreTrusted() {
    try (ScriptedServer server = server(OURS.server("exporter.example"))) {
      refused(Sources.at(server.uri()).bearer("env:TOKEN"), server, "no CA that we trust");
    }
  }

  @Test
  void aSelfSignedServerIsNot() {
    try (ScriptedServer server = server(OURS.selfSignedServer("exporter.example"))) {
      refused(pinned(server), server, "no CA that we trust");
    }
  }

  @Test
  void anExpiredServerIsNot() {
    try (ScriptedServer server = server(OURS.server("x", Validity.expired(CLOCK)))) {
      refused(pinned(server), server, "has expired");
    }
  }

  @Test
  void aServerFromTomorrowIsNot() {
    try (ScriptedServer server = server(OURS.server("x", Validity.notYet(CLOCK)))) {
      refused(pinned(server), server, "not valid yet");
    }
  }

  @Test
  void aServerOfAnotherNameIsNot() {
    try (ScriptedServer server = server(OURS.serverOnlyNamed("exporter.example"))) {
      refused(pinned(server), server, "does not carry the name 127.0.0.1");
      refused(pinned(server).serverNamed("other.example"), server, "the name other.example");
    }
  }

  @Test
  void theServerNameStandsForTheUrlsHost() throws Exception {
    try (ScriptedServer server = server(OURS.serverOnlyNamed("exporter.example"))) {
      assertThat(asking.page(pinned(server).serverNamed("exporter.example")).nodeId())
          .isEqualTo("jp");
    }
    // And then the URL's host no longer counts.
    try (ScriptedServer server = server(OURS.server("exporter.example"))) {
      refused(pinned(server).serverNamed("127.0.0.2"), server, "the name 127.0.0.2");
    }
  }

  @Test
  void ourCertificateIsShownToAServerThatAsksForIt() throws Exception {
    try (ScriptedServer server = mutual()) {
      Sources source = pinned(server);
      String pair = "file:" + directory.resolve("client.pem");
      String key = directory.resolve("client-key.pem").toString();
      assertThat(asking.page(source.mtls(pair + "," + key)).nodeId()).isEqualTo("jp");
      assertThat(asking.page(source.mtls(pair + ",file:" + key)).nodeId()).isEqualTo("jp");
      assertThat(asking.page(source.mtls("file:" + directory.resolve("client-pair.pem"))).nodeId())
          .isEqualTo("jp");
    }
  }

  @Test
  void withoutOurCertificateSuchAServerRefuses() {
    try (ScriptedServer server = mutual()) {
      clientRefused(pinned(server).bearer("env:TOKEN"), server);
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefusedByTheServer() {
    try (ScriptedServer server = mutual()) {
      String ref =
          "file:" + directory.resolve("stranger.pem") + "," + directory.resolve("stranger-key.pem");
      clientRefused(pinned(server).mtls(ref), server);
    }
  }

  @Test
  void plainHttpBehindAnHttpsUrlIsNoTls() {
    try (ScriptedServer server = ScriptedServer.blunt(ScriptedServer.json(EMPTY_PAGE))) {
      assertThat(asking.failure(Sources.at(server.pretending("https")).trusting(ca()), Kind.TLS))
          .hasMessageContaining("no TLS answers there");
    }
  }

  @Test
  void tlsBehindAPlainUrlIsNoHttp() {
    try (ScriptedServer server = server(OURS.server("x"))) {
      asking.failure(Sources.at(server.pretending("http")), Kind.UNREACHABLE);
    }
  }

  @Test
  void aBundleWithoutCertificatesIsSaidByItsName() {
    try (ScriptedServer server = server(OURS.server("x"))) {
      for (String file : new String[] {"empty.pem", "missing.pem"}) {
        Path path = directory.resolve(file);
        assertThat(
                asking.failure(Sources.at(server.uri()).trusting("file:" + path), Kind.CREDENTIAL))
            .hasMessageContaining("ca_bundle_ref file:" + path);
      }
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsSaidByItsName() {
    try (ScriptedServer server = mutual()) {
      String ref =
          "file:" + directory.resolve("client.pem") + "," + directory.resolve("stranger-key.pem");
      assertThat(asking.failure(pinned(server).mtls(ref), Kind.CREDENTIAL))
          .hasMessageContaining("credential_ref " + ref)
          .hasMessageContaining("the key is not the first certificate's");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aRevokedTokenIsRefusedAndARenewedOneTaken() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "revoked-token");
    try (ScriptedServer server =
        ScriptedServer.tls(
            TlsContexts.of(OURS.server("exporter.example"), root()),
            false,
            (head, out) -> {
              boolean good = head.contains("\r\nAuthorization: Bearer renewed-token\r\n");
              ScriptedServer.respond(
                  out,
                  good ? "200 OK" : "401 Unauthorized",
                  "application/json",
                  good ? EMPTY_PAGE : "{}");
            })) {
      Sources source = pinned(server).bearer("file:" + token);
      assertThat(asking.failure(source, Kind.UNAUTHORIZED))
          .hasMessageContaining("401")
          .hasMessageNotContaining("revoked-token");
      Files.writeString(token, "renewed-token");
      assertThat(asking.page(source).nodeId()).isEqualTo("jp");
    }
  }

  @Test
  void aRedirectToAnotherHostIsNotFollowedAndTheTokenNotSentThere() {
    try (ScriptedServer elsewhere = server(OURS.server("elsewhere.example"));
        ScriptedServer server =
            ScriptedServer.tls(
                TlsContexts.of(OURS.server("exporter.example"), root()),
                false,
                (head, out) ->
                    ScriptedServer.respond(
                        out,
                        "307 Temporary Redirect",
                        "Location: " + elsewhere.uri("localhost") + "/\r\n",
                        new byte[0]))) {
      asking.failure(pinned(server).bearer("env:TOKEN"), Kind.REDIRECT);
      assertThat(server.heads()).hasSize(1);
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void aServerThatOnlySpeaksTls11IsRefused() throws Exception {
    try (OldTlsServer server = new OldTlsServer()) {
      assertThat(asking.failure(Sources.at(server.uri()).trusting(ca()), Kind.TLS))
          .hasMessageContaining("TLS 1.2 or 1.3 is needed");
      assertThat(server.offered()).as("what the client says it speaks").isEqualTo("0303");
    }
  }

  @Test
  void aChangedAuthorityCountsForTheNextRequest() throws Exception {
    Path bundle = directory.resolve("bundle.pem");
    Files.writeString(bundle, OTHERS.authority().certificatePem());
    try (ScriptedServer server = server(OURS.server("exporter.example"))) {
      Sources source = Sources.at(server.uri()).trusting("file:" + bundle);
      refused(source, server, "no CA that we trust");
      Files.writeString(bundle, OURS.authority().certificatePem());
      assertThat(asking.page(source).nodeId()).isEqualTo("jp");
      Files.writeString(bundle, OTHERS.authority().certificatePem());
      assertThat(asking.failure(source, Kind.TLS))
          .as("the kept connection is not used any more")
          .hasMessageContaining("no CA that we trust");
    }
  }

  @Test
  void aChangedCertificateIsShownByTheNextRequest() throws Exception {
    Path pair = Files.writeString(directory.resolve("turning.pem"), OTHERS.client("x").pairPem());
    try (ScriptedServer server = mutual()) {
      Sources source = pinned(server).mtls("file:" + pair);
      clientRefused(source, server);
      Files.writeString(pair, OURS.client("x").pairPem());
      assertThat(asking.page(source).nodeId()).isEqualTo("jp");
      Files.writeString(pair, "half a");
      assertThat(asking.page(source).nodeId()).isEqualTo("jp");
      assertThat(asking.client().credentialAlarms())
          .containsOnlyKeys(source.spec().id())
          .allSatisfy((id, why) -> assertThat(why).contains(pair.toString()));
      asking.client().retain(Set.of());
      assertThat(asking.client().credentialAlarms()).isEmpty();
    }
  }

  @Test
  void aCertificateWithoutItsKeyIsSaidByItsName() {
    try (ScriptedServer server = mutual()) {
      String ref = "file:" + directory.resolve("client.pem");
      assertThat(asking.failure(pinned(server).mtls(ref), Kind.CREDENTIAL))
          .hasMessageContaining("credential_ref " + ref);
    }
  }

  private void refused(Sources source, ScriptedServer server, String reason) {
    assertThat(asking.failure(source, Kind.TLS)).hasMessageContaining(reason);
    assertThat(server.heads()).as("requests sent to a server not trusted").isEmpty();
  }

  /** The alert that says so may be overtaken by the reset that follows it. */
  private void clientRefused(Sources source, ScriptedServer server) {
    assertThat(asking.failure(source, Kind.TLS, Kind.UNREACHABLE))
        .hasMessageContaining("client certificate");
    assertThat(server.heads()).isEmpty();
  }

  private static Sources pinned(ScriptedServer server) {
    return Sources.at(server.uri()).trusting(ca());
  }

  private static String ca() {
    return "file:" + directory.resolve("ca.pem");
  }

  private static ScriptedServer server(Credential own) {
    return ScriptedServer.tls(TlsContexts.of(own, root()), false, ScriptedServer.json(EMPTY_PAGE));
  }

  private static ScriptedServer mutual() {
    return ScriptedServer.tls(
        TlsContexts.of(OURS.server("exporter.example"), root()),
        true,
        ScriptedServer.json(EMPTY_PAGE));
  }

  private static X509Certificate root() {
    return OURS.authority().certificate();
  }
}
