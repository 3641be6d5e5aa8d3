package plus.svc.billing.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of {@code docs/wallet.md} with what the page says they answer. */
final class WalletPage {

  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
  private static final String MARK = "@@@";

  private WalletPage() {}

  /**
   * A command, which may go over several lines.
   *
   * @param shown what the page says it answers
   */
  private record Step(String command, String shown) {}

  /**
   * Runs the commands one after the other in one shell.
   *
   * @param variables what the demo says to export
   * @return for each command what was answered, and for each what the page shows, ids left out
   */
  static Map<String, List<String>> run(Map<String, String> variables, Path folder)
      throws IOException, InterruptedException {
    boolean grpc = isThere("grpcurl"); // Debian 12 has none
    List<Step> steps =
        steps().stream().filter(step -> grpc || !step.command().startsWith("rpc ")).toList();
    StringBuilder script = new StringBuilder();
    steps.forEach(
        step -> script.append(step.command()).append("\necho ").append(MARK).append('\n'));
    Path output = folder.resolve("wallet-page");
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-c", script.toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    bash.environment().putAll(variables);
    int status = bash.start().waitFor();
    if (status != 0) {
      throw new IOException("the page's commands ended with " + status);
    }
    List<String> answers =
        Stream.of(Files.readString(output).split(MARK + "\n", -1))
            .limit(steps.size())
            .map(WalletPage::withoutIds)
            .toList();
    return Map.of(
        "answered",
        answers,
        "shown",
        steps.stream().map(step -> withoutIds(step.shown())).toList());
  }

  /** Whether bash, curl and jq are on the PATH. */
  static boolean canRun() {
    return Stream.of("bash", "curl", "jq").allMatch(WalletPage::isThere);
  }

  private static List<Step> steps() throws IOException {
    List<Step> steps = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("docs/wallet.md")));
    while (block.find()) {
      for (String part : block.group(1).split("(?m)^\\$ ", -1)) {
        Matcher command = Pattern.compile("\\A(?:.*[\\\\|]\n)*.*\n").matcher(part);
        if (command.find()) {
          steps.add(new Step(command.group().strip(), part.substring(command.end())));
        }
      }
    }
    return steps;
  }

  private static String withoutIds(String text) {
    return text.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
        .replaceAll("\"\\d{4}-\\d{2}\"", "MONTH");
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
