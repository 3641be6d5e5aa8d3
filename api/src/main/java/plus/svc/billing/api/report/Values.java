package plus.svc.billing.api.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a report's values are written: money never loses a digit, no text steers a terminal. */
public final class Values {

  private static final Pattern STEERING =
      Pattern.compile("[\\p{Cntrl}\\p{Cf}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]+");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  private Values() {}

  /**
   * A text on one line. Some of it comes from nodes: what could steer a terminal, turn the line
   * around or break it is a blank.
   */
  public static String line(String text) {
    return STEERING.matcher(text).replaceAll(" ").strip();
  }

  /** As a person reads it; a value that isn't there is empty. */
  static String text(@Nullable Object value) {
    if (value == null) {
      return "";
    } else if (value instanceof BigDecimal amount) {
      return amount.toPlainString();
    } else if (value instanceof Duration duration) {
      return duration.toString().replaceFirst("^(-?)PT", "$1").toLowerCase(Locale.ROOT);
    } else if (value instanceof List<?> list) {
      return list.stream().map(Values::text).collect(Collectors.joining(", "));
    }
    return line(value.toString());
  }

  /** Whether it reads as a plain number: whole, or a decimal. */
  static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /** Whole numbers and booleans as such, everything else as a text; money as its decimal digits. */
  static void json(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        json(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof BigDecimal || value instanceof Duration) {
      json.writeString(text(value));
    } else {
      json.writeString(value.toString());
    }
  }

  static void json(JsonGenerator json, Map<String, ? extends @Nullable Object> values)
      throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, ? extends @Nullable Object> entry : values.entrySet()) {
      json.writeFieldName(entry.getKey());
      json(json, entry.getValue());
    }
    json.writeEndObject();
  }
}
