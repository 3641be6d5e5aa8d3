package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;
import plus.svc.billing.pipeline.source.Sources;

/**
 * The lines of {@code docs/sources.md} that make certificates are run, and what they made is used.
 */
@Timeout(120)
final class SourcesDocIT {

  private static final Path DOC = Path.of("..", "docs", "sources.md");
  private static final Pattern BASH = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);
  private static final List<String> PROGRAMS = List.of("bash", "openssl");

  @TempDir static Path directory;

  private final Asking asking = new Asking();

  @BeforeAll
  static void runTheLines() throws IOException, InterruptedException {
    boolean there = PROGRAMS.stream().allMatch(SourcesDocIT::isOnPath);
    if (!Boolean.getBoolean("counterparts.required")) {
      assumeTrue(there, "bash and openssl are on the PATH");
    }
    assertThat(there).as("-Pcounterparts: bash and openssl are on the PATH").isTrue();

    Matcher block = BASH.matcher(Files.readString(DOC));
    assertThat(block.find()).as("a block of bash in %s", DOC).isTrue();
    Path output = directory.resolve("output");
    Process bash =
        new ProcessBuilder("bash", "-c", block.group(1))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(bash.waitFor(50, TimeUnit.SECONDS)).as("the lines end").isTrue();
    assertThat(bash.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("server.pem: OK").contains("client.pem: OK");
    assertThat(block.find()).as("one block of bash: the test runs no other").isFalse();
  }

  @AfterEach
  void close() {
    asking.close();
  }

  @Test
  void aNodeSetUpAsThePageSaysIsPulledOverMutualTls() throws Exception {
    try (ScriptedServer node = node()) {
      Sources source = Sources.at(node.uri()).trusting(ref("ca.pem")).serverNamed("jp.example.org");
      assertThat(asking.page(source.mtls(ref("client-pair.pem"))).nodeId()).isEqualTo("jp");
      assertThat(
              asking
                  .page(source.mtls(ref("client.pem") + "," + directory.resolve("client-key.pem")))
                  .nodeId())
          .isEqualTo("jp");
    }
  }

  @Test
  void withoutTheClientsCertificateOrUnderAnotherNameItIsNot() throws Exception {
    try (ScriptedServer node = node()) {
      Sources source = Sources.at(node.uri()).trusting(ref("ca.pem"));
      asking.failure(
          source.serverNamed("jp.example.org").bearer("env:TOKEN"), Kind.TLS, Kind.UNREACHABLE);
      asking.failure(source.serverNamed("us.example.org").mtls(ref("client-pair.pem")), Kind.TLS);
      asking.failure(
          source
              .serverNamed("jp.example.org")
              .mtls(ref("server.pem") + "," + ref("client-key.pem")),
          Kind.CREDENTIAL);
      assertThat(node.heads()).isEmpty();
    }
  }

  @Test
  void theNodesCertificateDoesNotServeAsOurs() throws Exception {
    try (ScriptedServer node = node()) {
      Sources source = Sources.at(node.uri()).trusting(ref("ca.pem")).serverNamed("jp.example.org");
      asking.failure(
          source.mtls(ref("server.pem") + "," + ref("server-key.pem")), Kind.TLS, Kind.UNREACHABLE);
      assertThat(node.heads()).isEmpty();
    }
  }

  @Test
  void keysAreForTheirOwnerOnly() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith("-key.pem")))
          .hasSize(3)
          .allSatisfy(
              key ->
                  assertThat(Files.getPosixFilePermissions(key).toString())
                      .doesNotContain("GROUP")
                      .doesNotContain("OTHERS"));
    }
  }

  private static ScriptedServer node() throws IOException {
    X509Certificate ca = PemUtils.parseCertificate(text("ca.pem")).get(0);
    SSLContext tls =
        SSLFactory.builder()
            .withIdentityMaterial(
                PemUtils.parseIdentityMaterial(text("server.pem"), text("server-key.pem"), null))
            .withTrustMaterial(ca)
            .build()
            .getSslContext();
    return ScriptedServer.tls(tls, true, ScriptedServer.json(Asking.EMPTY_PAGE));
  }

  private static String ref(String file) {
    return "file:" + directory.resolve(file);
  }

  private static String text(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
