package plus.svc.billing.platform.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The names of happenings: documented, and told somewhere. */
class HappeningTest {

  private static final Path DOCUMENTED = Path.of("..", "docs", "logs.md");
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Pattern CONSTANT =
      Pattern.compile("Marker (\\w+) =\\s+MarkerFactory.getMarker\\(\"(\\w+)\"\\)");
  private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);

  @Test
  void everyNameIsDocumentedAndUsed() throws Exception {
    String code = code();
    List<String> names = new ArrayList<>();
    Matcher constant = CONSTANT.matcher(code);
    while (constant.find()) {
      names.add(constant.group(2));
      assertThat(constant.group(2)).isEqualToIgnoringCase(constant.group(1));
      assertThat(code).contains("Happening." + constant.group(1) + ",");
    }
    List<String> documented = new ArrayList<>();
    Matcher row = ROW.matcher(Files.readString(DOCUMENTED, UTF_8));
    while (row.find()) {
      documented.add(row.group(1));
    }
    assertThat(names).hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(documented);
  }

  private static String code() throws Exception {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file, UTF_8));
      }
    }
    return all.toString();
  }
}
