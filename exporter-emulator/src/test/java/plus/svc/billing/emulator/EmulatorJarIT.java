package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built jar, run as anyone would. */
class EmulatorJarIT {
  private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/x");

  @Test
  @Timeout(120)
  void servesHistoryUntilItIsStoppedInOrder(@TempDir Path directory) throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "s3cret");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                "target/exporter-emulator.jar",
                "--flavour=A",
                "--node=jp-node",
                "--port=0",
                "--prefix=/x",
                "--history=PT1H",
                "--token-file=" + token)
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader()) {
      URI base = url(output);
      String window = "/v1/snapshots/window?since=2000-01-01T00:00:00Z";
      String body = Http.plain().get(base, window, Map.of("Authorization", "Bearer s3cret")).body();
      assertThat(Recording.json(body).get("snapshots")).hasSizeBetween(59, 61);

      process.toHandle().destroy(); // Unlike process.destroy(), leaves the output readable.
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(output.lines()).last().isEqualTo("Stopped.");
      assertThat(process.exitValue()).isEqualTo(0);
    } finally {
      process.destroyForcibly();
    }
  }

  private static URI url(BufferedReader output) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.append(line).append('\n');
      Matcher url = URL.matcher(line);
      if (url.find()) {
        return URI.create(url.group());
      }
    }
    throw new AssertionError("no URL in the output:\n" + seen);
  }
}
