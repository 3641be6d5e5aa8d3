package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rules, their tests, the dashboard and the runbooks belong together. */
@Timeout(120)
class MonitoringIT {

  private static final Path DOCS = Path.of("..");
  private static final Pattern OTHER_VARIABLE =
      Pattern.compile("\\$(?!\\{?(source|datasource)|__all)");

  @TempDir Path directory;

  @Test
  void everyAlarmFiresAndClearsInTheUnitTestsOfTheRules() throws Exception {
    List<String> tested = Monitoring.found(Monitoring.RULES_TEST, "^  - name: (\\w+)$");
    assertThat(tested).isEqualTo(Monitoring.found(Monitoring.RULES, "- alert: (\\w+)$"));
    for (String block : Files.readString(Monitoring.RULES_TEST).split("  - name: ", -1)) {
      if (!block.startsWith("#")) {
        assertThat(block).as("fires").contains("alertstate=\"firing\", ", "value: 1");
        assertThat(block.strip()).as("clears").endsWith("exp_samples: []");
      }
    }
    Monitoring.promtool(Monitoring.FOLDER, "check", "rules", name(Monitoring.RULES));
    Monitoring.promtool(Monitoring.FOLDER, "test", "rules", name(Monitoring.RULES_TEST));
  }

  @Test
  void everyAlarmLeadsToASectionOfTheRunbooksAndEverySectionIsAnAlarms() throws Exception {
    List<String> alarms = Monitoring.found(Monitoring.RULES, "- alert: (\\w+)$");
    List<String> links = Monitoring.found(Monitoring.RULES, "runbook_url: (\\S+)$");
    assertThat(links).hasSameSizeAs(alarms);
    Set<String> anchors = new HashSet<>();
    for (String link : links) {
      String[] parts = link.split("#", -1);
      List<String> headings = headings(DOCS.resolve(parts[0]));
      assertThat(headings).as(link).contains(parts[1]);
      anchors.add(parts[1]);
    }
    assertThat(headings(DOCS.resolve("docs/runbooks.md"))).hasSameElementsAs(anchors);
  }

  private static List<String> headings(Path page) throws Exception {
    return Monitoring.found(page, "^## (.*)$").stream()
        .map(
            title -> title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  /** Each query as a rule, so that promtool parses it. */
  @Test
  void everyQueryOfTheDashboardIsOne() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(Monitoring.DASHBOARD.toFile());
    List<String> rules = new ArrayList<>(List.of("groups:", "- name: dashboard", "  rules:"));
    dashboard
        .path("panels")
        .forEach(
            panel ->
                panel
                    .path("targets")
                    .forEach(
                        target -> {
                          String query = target.path("expr").asText();
                          assertThat(query).isNotEmpty();
                          rules.add("  - record: q" + rules.size());
                          rules.add("    expr: '" + query.replace("'", "''") + "'");
                        }));
    assertThat(rules).hasSizeGreaterThan(60);
    Files.write(directory.resolve("dashboard.yml"), rules);
    Monitoring.promtool(directory, "check", "rules", "dashboard.yml");
    assertThat(OTHER_VARIABLE.matcher(dashboard.toString()).find())
        .as("a variable that is none")
        .isFalse();
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
