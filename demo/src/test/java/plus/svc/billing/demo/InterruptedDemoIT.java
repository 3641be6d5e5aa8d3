package plus.svc.billing.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The built demo, tried as {@code docs/wallet.md} says and ended as somebody at a terminal ends it.
 */
@Timeout(120)
final class InterruptedDemoIT {

  private static final int ENDED_BY_SIGNAL = 143;

  @TempDir Path folder;

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
  void whatTheWalletsPageShowsIsAnsweredAndOnCtrlCItStillReckonsAndStopsEverything()
      throws Exception {
    boolean canTry = WalletPage.canRun();
    assertThat(canTry || !Boolean.getBoolean("counterparts.required"))
        .as("-Pcounterparts: bash, curl and jq are on the PATH")
        .isTrue();
    Map<String, List<String>> page = Map.of();
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-jar",
                "target/billing-demo.jar",
                "--users",
                "20",
                // The page is typed long before a node falls silent at its eighth minute.
                "--speed",
                "10")
            .redirectErrorStream(true)
            .start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = demo.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith("time ")) {
          if (canTry && page.isEmpty()) {
            page = WalletPage.run(exported(lines), folder);
          }
          // The first score is on its way. TERM takes the way of Ctrl-C, and nobody ignores it:
          // a shell starts what it runs in the background deaf to INT.
          new ProcessBuilder("kill", "-TERM", Long.toString(demo.pid())).start().waitFor();
        }
      }
      assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      demo.destroyForcibly();
    }
    assertThat(page.get("answered")).isEqualTo(page.get("shown"));
    assertThat(lines)
        .contains("the laws held", "stopping ...")
        .noneMatch(line -> line.contains("BROKEN") || line.contains("≠"));
    assertThat(demo.exitValue()).isEqualTo(ENDED_BY_SIGNAL);
    try (var left = Files.list(folder)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("billing-demo")))
          .isEmpty();
    }
  }

  /** What the demo says to export. */
  private static Map<String, String> exported(List<String> lines) {
    Map<String, String> variables = new HashMap<>();
    for (String line : lines) {
      if (line.strip().startsWith("export ")) {
        for (String variable : line.strip().substring("export ".length()).split(" ", -1)) {
          String[] parts = variable.split("=", 2);
          variables.put(parts[0], parts[1]);
        }
      }
    }
    return variables;
  }
}
