package plus.svc.billing.emulator.fault;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Reads faults from JSON: an array of objects, each with a {@code kind} and the fields of that
 * fault in snake_case. An instant is RFC 3339, or an ISO 8601 duration counted from the emulator's
 * start ({@code "PT5M"}); a duration is ISO 8601.
 */
public final class FaultScript {
  private FaultScript() {}

  /**
   * The faults of a script, in its order.
   *
   * @param start the instant that relative instants count from
   * @throws IllegalArgumentException if the script is no such JSON; the message says where
   */
  public static List<Fault> parse(String json, Instant start) {
    try {
      return mapper(start).readValue(json, new TypeReference<List<Fault>>() {});
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "fault script" + where(e) + ": " + e.getOriginalMessage(), e);
    }
  }

  /** The same from a file. */
  public static List<Fault> read(Path file, Instant start) throws IOException {
    return parse(Files.readString(file), start);
  }

  /** Line, and the way to the field: {@code , line 3, [1].when.from}. */
  private static String where(JacksonException e) {
    StringBuilder where = new StringBuilder();
    if (e.getLocation() != null) {
      where.append(", line ").append(e.getLocation().getLineNr());
    }
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      where.append(", ");
      for (JsonMappingException.Reference step : mapping.getPath()) {
        where.append(step.getFieldName() == null ? "[" + step.getIndex() + "]" : ".");
        where.append(step.getFieldName() == null ? "" : step.getFieldName());
      }
    }
    return where.toString();
  }

  private static JsonMapper mapper(Instant start) {
    SimpleModule times = new SimpleModule();
    times.addDeserializer(Instant.class, new InstantReader(start));
    times.addDeserializer(Duration.class, new DurationReader());
    return JsonMapper.builder()
        .addModule(times)
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .build();
  }

  private static final class InstantReader extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1L;
    private final Instant start;

    InstantReader(Instant start) {
      super(Instant.class);
      this.start = start;
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getText();
      try {
        return text.startsWith("P") || text.startsWith("-P")
            ? start.plus(Duration.parse(text))
            : Instant.parse(text);
      } catch (DateTimeException e) {
        throw context.weirdStringException(
            text, Instant.class, "an instant, or a duration after the start");
      }
    }
  }

  private static final class DurationReader extends StdDeserializer<Duration> {
    private static final long serialVersionUID = 1L;

    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getText();
      try {
        return Duration.parse(text);
      } catch (DateTimeException e) {
        throw context.weirdStringException(text, Duration.class, "a duration like PT30S");
      }
    }
  }
}
