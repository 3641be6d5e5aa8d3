package plus.svc.billing.api.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object: an array of objects a section, a row a line, then {@code summary} and {@code
 * verdict}.
 */
final class JsonSheet extends Sheet {

  private final Writer out;
  private final JsonGenerator json;
  private List<String> columns = List.of();
  private boolean begun;

  JsonSheet(Writer out) throws IOException {
    this.out = out;
    this.json =
        JsonFactory.builder()
            // Plain ASCII steers no terminal.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .setPrettyPrinter(new RowsOnLines());
  }

  @Override
  void begin(String name, List<String> names) throws IOException {
    open();
    columns = names;
    json.writeArrayFieldStart(name);
  }

  @Override
  void write(List<@Nullable Object> values) throws IOException {
    json.writeStartObject();
    for (int column = 0; column < columns.size(); column++) {
      json.writeFieldName(columns.get(column));
      Values.json(json, values.get(column));
    }
    json.writeEndObject();
  }

  @Override
  void finish() throws IOException {
    json.writeEndArray();
  }

  @Override
  void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict) throws IOException {
    open();
    json.writeFieldName("summary");
    Values.json(json, summary);
    json.writeStringField("verdict", verdict.text());
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
    out.flush();
  }

  private void open() throws IOException {
    if (!begun) {
      begun = true;
      json.writeStartObject();
    }
  }

  /** A line for each section and each row: readable, and found by line tools. */
  private static final class RowsOnLines extends MinimalPrettyPrinter {

    private static final long serialVersionUID = 1L;

    private int depth;

    @Override
    public void writeStartObject(JsonGenerator out) throws IOException {
      depth++;
      super.writeStartObject(out);
    }

    @Override
    public void writeEndObject(JsonGenerator out, int entries) throws IOException {
      depth--;
      if (depth == 0) {
        out.writeRaw('\n');
      }
      super.writeEndObject(out, entries);
    }

    @Override
    public void beforeObjectEntries(JsonGenerator out) throws IOException {
      newLine(out);
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
      super.writeObjectEntrySeparator(out);
      newLine(out);
    }

    @Override
    public void beforeArrayValues(JsonGenerator out) throws IOException {
      newLine(out);
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
      super.writeArrayValueSeparator(out);
      newLine(out);
    }

    private void newLine(JsonGenerator out) throws IOException {
      if (depth == 1) {
        out.writeRaw(out.getOutputContext().inArray() ? "\n  " : "\n ");
      }
    }
  }
}
