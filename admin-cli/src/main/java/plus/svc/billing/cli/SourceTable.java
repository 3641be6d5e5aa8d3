package plus.svc.billing.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import plus.svc.billing.api.SourceStatus;

/** Where the sources stand, a line each. */
final class SourceTable {

  private static final List<String> HEADER =
      List.of("SOURCE", "READ UNTIL", "LAG", "LAST SUCCESS", "FAILURES", "LAST ERROR");

  private SourceTable() {}

  /** The header and a line a source; the columns are as wide as they need to be. */
  static List<String> lines(List<SourceStatus> sources) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    sources.forEach(source -> rows.add(row(source)));
    int[] widths =
        IntStream.range(0, HEADER.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static List<String> row(SourceStatus source) {
    return List.of(
        Text.line(source.sourceId()),
        Text.instant(source.lastCompletedUntil()),
        Text.seconds(source.lagSeconds()),
        Text.instant(source.lastSucceededAt()),
        Integer.toString(source.consecutiveFailures()),
        trouble(source));
  }

  private static String trouble(SourceStatus source) {
    if (!source.lastError().isBlank()) {
      return Text.line(source.lastError());
    }
    return source.credentialAlarm().isBlank()
        ? Text.NONE
        : "keeps its old credential: " + Text.line(source.credentialAlarm());
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
