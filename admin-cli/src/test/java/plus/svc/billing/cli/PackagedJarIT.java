package plus.svc.billing.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.api.JobResult;

/** Starts the executable jar as the build leaves it, as an operator does. */
final class PackagedJarIT {

  @TempDir private Path folder;

  @Test
  void itPrintsItsHelpAndVersion() throws Exception {
    Ran help = jar("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Usage: billing-admin", "reconcile", "generate-completion");
    assertThat(help.err()).isEmpty();

    assertThat(jar("--version").out()).matches("billing-admin \\d+\\.\\d+\\.\\d+.*\\R");
  }

  @Test
  void itAsksAServiceAndExitsWithTheVerdict() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), ContractServer.STATUS_TOKEN);
    try (ContractServer server = ContractServer.start()) {
      server.answers(
          "GET /v1/status",
          "status",
          200,
          new JobResult(
              "reconcile",
              JobResult.NEVER,
              JobResult.NEVER,
              0,
              0,
              0,
              JobResult.ERROR,
              "no source is enabled",
              List.of(),
              List.of()));

      Ran ran = jar("status", "--url", server.url(), "--token-file", token.toString());

      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.out()).contains("error: no source is enabled");
    }
  }

  @Test
  void misuseEndsWithTwo() throws Exception {
    assertThat(jar("status", "--url", "http://billing.example.org").exitCode()).isEqualTo(2);
  }

  private Ran jar(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target", "billing-admin.jar").toString()));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("BILLING_"));
    // The JVM tells of these on its error output.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
