package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import plus.svc.billing.cli.BillingAdmin;
import plus.svc.billing.testing.Database;

/**
 * Runs every command of {@code docs/operations.md} against a whole service, in the order in which
 * they stand there, and compares what they print. {@code -Ddocs.write=true} puts in what they print
 * now.
 *
 * <p>In a block {@code ```console} a line {@code $ billing-admin ...} is run; what follows up to
 * the next such line is its output, {@code ; echo $?} adds the exit code. A line {@code # ...} is a
 * thing that happens in between, by the name it has in {@link OperationsWorld#happens}. Values that
 * no clock and no seed can fix are masked in {@link #masked}.
 */
@Timeout(300)
class OperationsDocIT {

  private static final String DOC = "docs/operations.md";
  private static final Pattern BLOCK = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final String CODE = "; echo $?";

  @RegisterExtension static final Database database = Database.migrated();
  @TempDir Path directory;

  @Test
  void everyCommandPrintsWhatThePageSays() throws Exception {
    String page = Files.readString(page());
    StringBuilder now = new StringBuilder();
    try (OperationsWorld world = new OperationsWorld(database);
        RunningService service = world.service()) {
      collect(service);
      Map<String, String> environment = new HashMap<>();
      environment.put("BILLING_URL", service.baseUrl().toString());
      environment.put("BILLING_ADMIN_URL", service.adminUrl().toString());
      environment.put("BILLING_TOKEN", OperationsWorld.PLATFORM);
      environment.put("BILLING_ADMIN_TOKEN", OperationsWorld.ADMIN);
      Matcher block = BLOCK.matcher(page);
      while (block.find()) {
        block.appendReplacement(
            now,
            Matcher.quoteReplacement(
                "```console\n" + played(block.group(1), world, environment) + "```"));
      }
      block.appendTail(now);
    }
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(page(), now.toString());
    }
    assertThat(page).as("what the commands print now").isEqualTo(now.toString());
  }

  /** Takes in what the exporter has; the service's own turns stand still with its clock. */
  private static void collect(RunningService service) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(service.baseUrl() + "/v1/jobs/collect-and-rate"))
                    .header("Authorization", "Bearer " + OperationsWorld.PLATFORM)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** From whichever folder of the repository the test runs. */
  private static Path page() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve(DOC))) {
      folder = Objects.requireNonNull(folder.getParent(), "the test runs outside the repository");
    }
    return folder.resolve(DOC);
  }

  private String played(String text, OperationsWorld world, Map<String, String> environment) {
    StringBuilder now = new StringBuilder();
    List<String> lines = new ArrayList<>(text.lines().toList());
    while (!lines.isEmpty()) {
      String line = lines.remove(0);
      if (line.startsWith("# ") && world.happens(line.substring(2))) {
        now.append(line).append('\n');
      } else if (line.startsWith("$ ")) {
        StringBuilder command = new StringBuilder(line);
        while (command.toString().endsWith("\\")) {
          command.append('\n').append(lines.remove(0));
        }
        now.append(command).append('\n');
        now.append(run(command.substring(2).replace("\\\n", ""), environment));
      }
    }
    return now.toString();
  }

  private String run(String command, Map<String, String> environment) {
    boolean code = command.endsWith(CODE);
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(code ? command.replace(CODE, "") : command);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    assertThat(words.remove(0)).isEqualTo("billing-admin");
    int output = words.indexOf("--output");
    if (output >= 0) {
      words.set(output + 1, directory.resolve(words.get(output + 1)).toString());
    }
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    int exitCode = BillingAdmin.run(environment, out, out, words.toArray(String[]::new));
    return masked(printed.toString(), environment) + (code ? exitCode + "\n" : "");
  }

  /** What differs from run to run: ports, folders, and whatever real time makes. */
  private String masked(String text, Map<String, String> environment) {
    return text.replace("\r\n", "\n")
        .replaceAll("(?m)^\\d+ %.*\n", "")
        .replace(environment.getOrDefault("BILLING_URL", "-"), "http://127.0.0.1:8081")
        .replace(environment.getOrDefault("BILLING_ADMIN_URL", "-"), "http://127.0.0.1:8082")
        .replace(directory + "/", "")
        .replaceAll("http://127\\.0\\.0\\.1:(?!808[12])\\d+", "http://127.0.0.1:9001")
        .replaceAll("differs from ours by [0-9.]+ s", "differs from ours by 12345678.9 s")
        .replaceAll("reference [0-9a-f-]{36}", "reference 00000000-0000-0000-0000-000000000000");
  }
}
