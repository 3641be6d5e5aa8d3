package plus.svc.billing.api.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, as the command line gets it: {@code {"section", "columns"}}, {@code
 * {"row"}}, {@code {"progress", "doing"}} and at last {@code {"summary", "verdict"}}.
 */
final class EventSheet extends Sheet {

  private final Writer out;
  private final JsonGenerator json;

  EventSheet(Writer out) throws IOException {
    this.out = out;
    this.json =
        JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
            .setRootValueSeparator(null);
  }

  @Override
  void begin(String name, List<String> columns) throws IOException {
    json.writeStartObject();
    json.writeStringField("section", name);
    json.writeFieldName("columns");
    Values.json(json, (Object) columns);
    endLine();
  }

  @Override
  void write(List<@Nullable Object> values) throws IOException {
    json.writeStartObject();
    json.writeFieldName("row");
    Values.json(json, (Object) values);
    endLine();
  }

  @Override
  void finish() {}

  @Override
  void tell(double share, String doing) throws IOException {
    json.writeStartObject();
    json.writeNumberField("progress", Math.round(share * 10_000) / 10_000.0);
    json.writeStringField("doing", doing);
    endLine();
    out.flush();
  }

  @Override
  void close(Map<String, ? extends @Nullable Object> summary, Verdict verdict) throws IOException {
    json.writeStartObject();
    json.writeFieldName("summary");
    Values.json(json, summary);
    json.writeStringField("verdict", verdict.text());
    endLine();
    out.flush();
  }

  private void endLine() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }
}
