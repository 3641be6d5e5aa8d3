package plus.svc.billing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/defects.md}: every defect, rule, scar and law has tests that exist. */
class TestTableTest {

  private static final Path TABLE = Path.of("..", "docs", "defects.md");
  private static final Path SOURCES = Path.of("src", "test", "java");
  private static final Pattern ROW = Pattern.compile("^\\| ([DTSL]\\d\\d) \\|.*\\| (.*) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(TABLE, UTF_8)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        assertThat(rows.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
      }
    }
    return rows;
  }

  private static List<String> numbered(String kind, IntStream numbers) {
    return numbers.mapToObj(n -> String.format(Locale.ROOT, "%s%02d", kind, n)).toList();
  }

  @Test
  void everyIdHasARow() throws IOException {
    List<String> ids = new ArrayList<>();
    ids.addAll(numbered("D", IntStream.rangeClosed(1, 40)));
    ids.addAll(numbered("T", IntStream.rangeClosed(1, 16)));
    ids.addAll(numbered("S", IntStream.concat(IntStream.rangeClosed(1, 15), IntStream.of(22, 24))));
    ids.addAll(numbered("L", IntStream.rangeClosed(1, 10)));
    assertThat(rows().keySet()).isEqualTo(new TreeSet<>(ids));
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = String.valueOf(file.getFileName()).replace(".java", "");
        sources.put(name, Files.readString(file, UTF_8));
      }
    }
    List<String> missing = new ArrayList<>();
    rows()
        .forEach(
            (id, tests) -> {
              Matcher test = TEST.matcher(tests);
              int named = 0;
              while (test.find()) {
                named++;
                Pattern method =
                    Pattern.compile(
                        "@(Test|Property|ParameterizedTest)\\b((?!\n  }\n).)*?\\bvoid "
                            + test.group(2)
                            + "\\(",
                        Pattern.DOTALL);
                if (!method.matcher(sources.getOrDefault(test.group(1), "")).find()) {
                  missing.add(id + " " + test.group());
                }
              }
              if (named == 0 && !tests.startsWith("open: ")) {
                missing.add(id + " names no test");
              }
            });
    assertThat(missing).isEmpty();
    assertThat(
            rows().entrySet().stream()
                .filter(row -> row.getValue().startsWith("open: "))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()))
        .as("what is open is known to be")
        .isEmpty();
  }
}
