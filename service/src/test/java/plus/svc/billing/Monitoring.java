package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files for Prometheus and Grafana, and the programs that read them. */
final class Monitoring {

  static final Path FOLDER = Path.of("..", "monitoring");
  static final Path RULES = FOLDER.resolve("billing-service.rules.yml");
  static final Path RULES_TEST = FOLDER.resolve("billing-service.rules.test.yml");
  static final Path DASHBOARD = FOLDER.resolve("billing-service.dashboard.json");

  private Monitoring() {}

  /** All that the pattern's first group matches in the file. */
  static List<String> found(Path file, String pattern) throws IOException {
    Matcher matcher =
        Pattern.compile(pattern, Pattern.MULTILINE)
            .matcher(Files.readString(file, StandardCharsets.UTF_8));
    List<String> all = new ArrayList<>();
    while (matcher.find()) {
      all.add(matcher.group(1));
    }
    return all;
  }

  /**
   * Where a program is missing the test is skipped, unless the build says that it must be there.
   */
  static void needs(String program) {
    boolean there =
        List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!Boolean.getBoolean("counterparts.required")) {
      assumeTrue(there, program + " is on the PATH");
    }
    assertThat(there).as("-Pcounterparts: %s is on the PATH", program).isTrue();
  }

  /** Runs promtool in the folder of the files; gives what it said, and fails if it did. */
  static String promtool(Path folder, String... arguments) throws Exception {
    needs("promtool");
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
