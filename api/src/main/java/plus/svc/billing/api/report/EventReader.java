package plus.svc.billing.api.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the events of a report as they come and tells them to another. */
public final class EventReader {

  private static final JsonFactory JSON = new JsonFactory();

  private EventReader() {}

  /**
   * Reads to the end.
   *
   * @param report gets everything but the end; of a report that was cut, too
   * @return the end; empty if the answer was cut, or is none
   * @throws ReportBroken if {@code report} could not be written
   */
  public static Optional<End> read(InputStream events, Report report) {
    try (JsonParser json = JSON.createParser(events)) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Event event = new Event(fields(json));
        Verdict verdict = event.verdict();
        if (verdict != null) {
          return Optional.of(new End(event.summary(), verdict));
        }
        event.tell(report);
      }
    } catch (IOException | IllegalStateException e) {
      // Cut, or no report at all: either way there is no end.
    }
    return Optional.empty();
  }

  /** How a report ended. */
  public record End(Map<String, @Nullable Object> summary, Verdict verdict) {}

  private static Map<String, @Nullable Object> fields(JsonParser json) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      fields.put(name, value(json));
    }
    return fields;
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> fields(json);
      case START_ARRAY -> list(json);
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDecimalValue();
      case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
      case VALUE_NULL -> null;
      default -> json.getText();
    };
  }

  private static List<@Nullable Object> list(JsonParser json) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(json));
    }
    return list;
  }

  private record Event(Map<String, @Nullable Object> fields) {

    /** No event of ours. */
    private static IllegalStateException unknown() {
      return new IllegalStateException("no event of a report");
    }

    @Nullable Verdict verdict() {
      try {
        return fields.get("verdict") instanceof String text
            ? Verdict.valueOf(text.toUpperCase(Locale.ROOT))
            : null;
      } catch (IllegalArgumentException e) {
        throw unknown();
      }
    }

    Map<String, @Nullable Object> summary() {
      Map<String, @Nullable Object> summary = new LinkedHashMap<>();
      if (fields.get("summary") instanceof Map<?, ?> map) {
        map.forEach((name, value) -> summary.put(String.valueOf(name), value));
      }
      return summary;
    }

    void tell(Report report) {
      if (fields.get("section") instanceof String name
          && fields.get("columns") instanceof List<?> columns) {
        report.section(name, columns.stream().map(String::valueOf).toArray(String[]::new));
      } else if (fields.get("row") instanceof List<?> values) {
        report.row(values.toArray());
      } else if (fields.get("progress") instanceof Number share) {
        report.progress(share.doubleValue(), String.valueOf(fields.get("doing")));
      } else {
        throw unknown();
      }
    }
  }
}
