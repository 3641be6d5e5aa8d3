package plus.svc.billing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import plus.svc.billing.ingest.PushRefused;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.source.SourceFailure;

/** What the documents point to is there. */
class DocumentsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCS = ROOT.resolve("docs");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w*[a-z](?:Test|IT|Fuzz))(?:\\.(\\w+))?`");
  private static final Set<String> BUILT = Set.of("target", "node_modules", ".git");

  /** Every Markdown file of the repository with its text, code blocks left out. */
  private static Map<Path, String> documents() throws IOException {
    Map<Path, String> documents = new TreeMap<>();
    for (Path file : files(".md")) {
      String text = Files.readString(file, UTF_8);
      documents.put(file, text.replaceAll("(?ms)^```.*?^```\\s*$", ""));
    }
    return documents;
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(
              file -> {
                for (Path part : ROOT.relativize(file)) {
                  if (BUILT.contains(part.toString())) {
                    return false;
                  }
                }
                return true;
              })
          .toList();
    }
  }

  /** Where a file points to in the repository, as {@code path#anchor}. */
  private static List<String> links(String text) {
    List<String> links = new ArrayList<>();
    Matcher link = LINK.matcher(text);
    while (link.find()) {
      if (!link.group(1).matches("(?i)[a-z]+:.*")) {
        links.add(link.group(1));
      }
    }
    return links;
  }

  private static Path target(Path from, String link) {
    String path = link.replaceFirst("#.*", "");
    return path.isEmpty() ? from : from.resolveSibling(path).normalize();
  }

  @Test
  void noLinkIsDead() throws IOException {
    Map<Path, String> documents = documents();
    List<String> dead = new ArrayList<>();
    documents.forEach(
        (file, text) -> {
          for (String link : links(text)) {
            Path target = target(file, link);
            String anchor = link.contains("#") ? link.substring(link.indexOf('#') + 1) : "";
            boolean there =
                Files.exists(target)
                    && (anchor.isEmpty()
                        || anchors(documents.getOrDefault(target, "")).contains(anchor));
            if (!there) {
              dead.add(ROOT.relativize(file) + " -> " + link);
            }
          }
        });
    assertThat(dead).isEmpty();
  }

  /** As Git hosts make them of headings. */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new TreeSet<>();
    text.lines()
        .filter(line -> line.matches("#{1,6} .*"))
        .forEach(
            line ->
                anchors.add(
                    line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-')));
    return anchors;
  }

  @Test
  void everyPageIsFoundFromTheIndex() throws IOException {
    Map<Path, String> documents = documents();
    Set<Path> found = new TreeSet<>();
    Deque<Path> open = new ArrayDeque<>(List.of(DOCS.resolve("README.md")));
    while (!open.isEmpty()) {
      Path file = open.pop();
      if (!found.add(file)) {
        continue;
      }
      if (Files.isDirectory(file)) {
        try (Stream<Path> inside = Files.list(file)) {
          inside.filter(page -> page.toString().endsWith(".md")).forEach(open::push);
        }
      }
      for (String link : links(documents.getOrDefault(file, ""))) {
        open.push(target(file, link));
      }
    }
    assertThat(documents.keySet().stream().filter(file -> file.startsWith(DOCS))).isSubsetOf(found);
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (Path file : files(".java")) {
      sources.put(
          String.valueOf(file.getFileName()).replace(".java", ""), Files.readString(file, UTF_8));
    }
    List<String> missing = new ArrayList<>();
    documents()
        .forEach(
            (file, text) -> {
              Matcher test = TEST.matcher(text);
              while (test.find()) {
                String source = sources.get(test.group(1));
                boolean there =
                    source != null
                        && (test.group(2) == null
                            || source.contains(" void " + test.group(2) + "("));
                if (!there && !test.group(1).matches("X(Test|IT|Fuzz)")) {
                  missing.add(ROOT.relativize(file) + ": " + test.group());
                }
              }
            });
    assertThat(missing).isEmpty();
  }

  /** Every threat of the security page names a test, and every word of ours for trouble is told. */
  @Test
  void everyThreatHasATest() throws IOException {
    for (String line : Files.readAllLines(DOCS.resolve("security.md"), UTF_8)) {
      if (line.startsWith("| ") && !line.startsWith("| who, how")) {
        assertThat(line).containsPattern(TEST);
      }
    }
  }

  /** One row each, in which a defect's tests bear its number. */
  @Test
  void everyRequirementAndDefectOfTheWalletNamesItsTest() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    Matcher row =
        Pattern.compile("(?m)^\\| ([FNAW]\\d+) [^|]*\\|([^|]*)\\|[^|]*\\|$")
            .matcher(Files.readString(DOCS.resolve("wallet.md"), UTF_8));
    while (row.find()) {
      assertThat(rows.put(row.group(1), row.group(2))).as("first row of " + row.group(1)).isNull();
    }
    Set<String> ids = new TreeSet<>(Set.of("N1", "N7", "N8", "N10"));
    IntStream.rangeClosed(1, 13).forEach(i -> ids.add("F" + i));
    IntStream.rangeClosed(1, 14).forEach(i -> ids.add("A" + i));
    IntStream.rangeClosed(1, 20).forEach(i -> ids.add(String.format(Locale.ROOT, "W%02d", i)));
    assertThat(rows.keySet()).isEqualTo(ids);
    rows.forEach(
        (id, tests) ->
            assertThat(tests)
                .as(id)
                .containsPattern(
                    id.startsWith("W")
                        ? "`\\w+(Test|IT)\\.w" + id.substring(1) + "\\w+`"
                        : "`\\w+(Test|IT)\\.\\w+`|`make bench-wallet`"));
  }

  /** A name without code marks would not be looked for. */
  @Test
  void noTestOfTheWalletIsNamedInPlainText() throws IOException {
    for (Map.Entry<Path, String> page : documents().entrySet()) {
      if (String.valueOf(page.getKey().getFileName()).startsWith("wallet")) {
        assertThat(page.getValue().replaceAll("`[^`]*`", ""))
            .as("%s", page.getKey())
            .doesNotContainPattern("\\b[A-Z]\\w*[a-z](Test|IT|Fuzz)\\b");
      }
    }
  }

  @Test
  void everyReasonIsExplained() throws IOException {
    List<String> words = new ArrayList<>();
    Arrays.stream(SourceFailure.Kind.values()).forEach(kind -> words.add(kind.text()));
    Arrays.stream(PushRefused.Reason.values())
        .forEach(reason -> words.add(reason.name().toLowerCase(Locale.ROOT)));
    words.addAll(SetAsides.REASONS);
    String page = Files.readString(DOCS.resolve("reference/errors.md"), UTF_8);
    assertThat(words).allSatisfy(word -> assertThat(page).contains("`" + word + "`"));
  }

  @Test
  void theTableOfCallsIsThatOfTheDescription() throws IOException {
    Map<String, String> told = new TreeMap<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `([A-Z]+ /\\S+)` \\| `?([a-z:-]+)`? \\| ([0-9, ]+) \\|$")
            .matcher(Files.readString(DOCS.resolve("reference/http.md"), UTF_8));
    while (row.find()) {
      told.put(row.group(1), row.group(2) + " " + row.group(3));
    }
    Map<String, String> described = new TreeMap<>();
    for (String operation : ApiContract.operations(ApiContract.Port.APPLICATION)) {
      List<String> statuses = new ArrayList<>();
      ApiContract.operation(operation)
          .path("responses")
          .properties()
          .forEach(
              answer -> {
                if (!answer.getKey().equals("default")) {
                  statuses.add(answer.getKey());
                }
              });
      String right = ApiContract.operation(operation).at("/security/0/token/0").asText("open");
      described.put(
          operation, (right.isEmpty() ? "open" : right) + " " + String.join(", ", statuses));
    }
    assertThat(told).isEqualTo(described);
  }

  @Test
  void theSourcesOfTheManyNodesAreOnesThatTheServiceTakes() throws Exception {
    Matcher json =
        Pattern.compile("(?s)```json\n(.*?)```")
            .matcher(Files.readString(DOCS.resolve("multi-node-https.md"), UTF_8));
    assertThat(json.find()).isTrue();
    // Disabled, since the files that they name are not here.
    String sources = json.group(1).replace("{", "{\"enabled\": false, ");
    assertThat(ShippedConfiguration.with(Map.of("EXPORTER_SOURCES_JSON", sources)).sources())
        .hasSize(3);
  }
}
