package plus.svc.billing.api.report;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values by RFC 4180. Each section has a line {@code # name} before its heading and
 * an empty line behind it; the last one is {@code summary}, with the verdict at its end.
 *
 * <p>A text that a spreadsheet would take for a formula gets an apostrophe before it: names come
 * from nodes.
 */
final class CsvSheet extends Sheet {

  private static final String LINE_END = "\r\n";
  private static final String FORMULA_BEGINS = "=+-@";

  private final Writer out;

  CsvSheet(Writer out) {
    this.out = out;
  }

  @Override
  void begin(String name, List<String> columns) throws IOException {
    out.write("# " + name + LINE_END);
    line(columns);
  }

  @Override
  void write(List<@Nullable Object> values) throws IOException {
    line(values);
  }

  @Override
  void finish() throws IOException {
    out.write(LINE_END);
  }

  @Override
  void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict) throws IOException {
    begin("summary", List.of("name", "value"));
    for (Map.Entry<String, ? extends @Nullable Object> entry : summary.entrySet()) {
      out.write(cell(entry.getKey()) + "," + cell(Values.text(entry.getValue())) + LINE_END);
    }
    line(List.of("verdict", verdict.text()));
    out.flush();
  }

  private void line(List<? extends @Nullable Object> values) throws IOException {
    String separator = "";
    for (Object value : values) {
      out.write(separator);
      out.write(cell(Values.text(value)));
      separator = ",";
    }
    out.write(LINE_END);
  }

  private static String cell(String text) {
    boolean formula =
        !text.isEmpty() && FORMULA_BEGINS.indexOf(text.charAt(0)) >= 0 && !Values.isNumber(text);
    String safe = formula ? "'" + text : text;
    return safe.indexOf(',') < 0 && safe.indexOf('"') < 0
        ? safe
        : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
