package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aligned columns for a person. The first rows of a section settle how wide its columns are; a
 * later cell that is wider is written whole all the same.
 */
final class TableSheet extends Sheet {

  private static final int ROWS_THAT_SETTLE = 100;
  private static final String NONE = "-";
  private static final String GAP = "  ";

  private final Writer out;
  private final List<List<String>> waiting = new ArrayList<>();
  private List<String> heading = List.of();
  private int @Nullable [] widths;
  private boolean[] numbers = {};
  private boolean first = true;

  TableSheet(Writer out) {
    this.out = out;
  }

  @Override
  void begin(String name, List<String> columns) throws IOException {
    if (!first) {
      out.write('\n');
    }
    first = false;
    out.write(name.replace('_', ' ') + "\n");
    heading =
        columns.stream().map(name1 -> name1.replace('_', ' ').toUpperCase(Locale.ROOT)).toList();
    widths = null;
  }

  @Override
  void write(List<@Nullable Object> values) throws IOException {
    List<String> cells = new ArrayList<>();
    for (Object value : values) {
      String text = Values.text(value);
      cells.add(text.isEmpty() ? NONE : text);
    }
    if (widths != null) {
      line(cells, widths);
      return;
    }
    waiting.add(cells);
    if (waiting.size() == ROWS_THAT_SETTLE) {
      settle();
    }
  }

  @Override
  void tell(double share, String doing) throws IOException {
    out.flush();
  }

  @Override
  void finish() throws IOException {
    if (widths == null) {
      settle();
    }
    out.flush();
  }

  @Override
  void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict) throws IOException {
    if (!first) {
      out.write('\n');
    }
    for (Map.Entry<String, ? extends @Nullable Object> entry : summary.entrySet()) {
      String text = Values.text(entry.getValue());
      out.write(entry.getKey().replace('_', ' ') + ": " + (text.isEmpty() ? NONE : text) + "\n");
    }
    out.write("verdict: " + verdict.text() + "\n");
    out.flush();
  }

  private void settle() throws IOException {
    if (waiting.isEmpty()) {
      out.write("(none)\n");
      return;
    }
    int[] settled = new int[heading.size()];
    numbers = new boolean[heading.size()];
    for (int column = 0; column < settled.length; column++) {
      settled[column] = heading.get(column).length();
      numbers[column] = true;
      for (List<String> cells : waiting) {
        String cell = cells.get(column);
        settled[column] = Math.max(settled[column], cell.length());
        numbers[column] &= cell.equals(NONE) || Values.isNumber(cell);
      }
    }
    widths = settled;
    line(heading, settled);
    for (List<String> cells : waiting) {
      line(cells, settled);
    }
    waiting.clear();
  }

  private void line(List<String> cells, int[] wide) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String blanks = " ".repeat(Math.max(0, wide[column] - cell.length()));
      line.append(column == 0 ? "" : GAP).append(numbers[column] ? blanks + cell : cell + blanks);
    }
    out.write(line.toString().stripTrailing() + "\n");
  }
}
