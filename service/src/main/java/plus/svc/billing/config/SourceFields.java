package plus.svc.billing.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import plus.svc.billing.platform.setting.SettingReader;

/**
 * The fields of one source object, by key whatever its case. A bad value notes a problem and reads
 * as the fallback.
 */
final class SourceFields {

  private final String where;
  private final Map<String, JsonNode> fields;
  private final List<String> problems;

  SourceFields(String where, JsonNode object, List<String> problems) {
    this(where, byLowerCaseKey(object), problems);
  }

  private SourceFields(String where, Map<String, JsonNode> fields, List<String> problems) {
    this.where = where;
    this.fields = fields;
    this.problems = problems;
  }

  /** The same fields under a name that tells the operator more. */
  SourceFields named(String name) {
    return new SourceFields(name, fields, problems);
  }

  void problem(String text) {
    problems.add(where + ": " + text);
  }

  String text(String key, String fallback) {
    JsonNode value = fields.get(key);
    if (value == null) {
      return fallback;
    }
    if (!value.isTextual()) {
      return bad(key, value, "a text", fallback);
    }
    return value.textValue().isBlank() ? fallback : value.textValue().strip();
  }

  /** The newer key, or else the older one; both may be given if they agree. */
  String either(String key, String olderKey) {
    String older = text(olderKey, "");
    String newer = text(key, "");
    if (!older.isEmpty() && !newer.isEmpty() && !older.equals(newer)) {
      problem(key + " and " + olderKey + " differ: give one of them");
    }
    return newer.isEmpty() ? older : newer;
  }

  boolean flag(String key, boolean fallback) {
    JsonNode value = fields.get(key);
    if (value == null) {
      return fallback;
    }
    String text = value.asText("").strip().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> bad(key, value, "true or false", fallback);
    };
  }

  long wholeNumber(String key, long fallback) {
    JsonNode value = fields.get(key);
    if (value == null) {
      return fallback;
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? value.longValue()
        : bad(key, value, "a whole number", fallback);
  }

  <T> T choice(String key, String fallback, Map<String, T> values) {
    T known = values.get(fallback);
    if (known == null) {
      throw new IllegalArgumentException(fallback + " is not among " + values.keySet());
    }
    String allowed = "one of " + String.join(", ", values.keySet().stream().sorted().toList());
    return parsed(
        key,
        known,
        allowed,
        text -> {
          T found = values.get(text.toLowerCase(Locale.ROOT));
          if (found == null) {
            throw new IllegalArgumentException(key);
          }
          return found;
        });
  }

  <T> T parsed(String key, T fallback, String allowed, Function<String, T> parse) {
    String text = text(key, "");
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException | DateTimeException e) {
      problem(key + " is '" + SettingReader.shown(text) + "': must be " + allowed);
      return fallback;
    }
  }

  private <T> T bad(String key, JsonNode value, String allowed, T fallback) {
    problem(key + " is " + SettingReader.shown(value.toString()) + ": must be " + allowed);
    return fallback;
  }

  private static Map<String, JsonNode> byLowerCaseKey(JsonNode object) {
    Map<String, JsonNode> fields = new HashMap<>();
    object
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().isNull()) {
                fields.put(field.getKey().toLowerCase(Locale.ROOT), field.getValue());
              }
            });
    return fields;
  }
}
