package plus.svc.billing.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a caller wants to be reconciled: {@code {"source_id", "since", "until"}}, all of them
 * optional. No body, or an empty object, is the usual look-back.
 */
final class ReconcileBody {

  /** More than this is no request for a stretch of time. */
  static final int MOST_BYTES = 4_096;

  private static final Set<String> FIELDS = Set.of("source_id", "since", "until");
  private static final String A_TIME = "an RFC 3339 time such as 2026-01-31T12:00:00Z";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ReconcileBody() {}

  /**
   * Reads a body.
   *
   * @return null if nothing particular is asked for
   * @throws ReconcileRefused if it can't be used
   */
  static @Nullable ReconcileRange read(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw ReconcileRefused.wrong(
          "body", bytes.length + " bytes and more", "at most " + MOST_BYTES + " bytes");
    }
    if (isBlank(bytes)) {
      return null;
    }
    JsonNode root = parse(bytes);
    Set<String> names = new TreeSet<>();
    root.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      return null;
    }
    List<String> unknown = new ArrayList<>(names);
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      throw ReconcileRefused.wrong("field", unknown.get(0), "known are source_id, since and until");
    }
    return new ReconcileRange(text(root, "source_id"), time(root, "since"), time(root, "until"));
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte character : bytes) {
      if (!Character.isWhitespace(character)) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode parse(byte[] bytes) throws IOException {
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      // Told below; what the parser says may quote the body.
    }
    throw ReconcileRefused.wrong(
        "body", "no JSON object", "{\"source_id\", \"since\", \"until\"}, or nothing at all");
  }

  private static @Nullable Instant time(JsonNode root, String field) {
    @Nullable String text = text(root, field);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw ReconcileRefused.wrong(field, text, A_TIME);
    }
  }

  private static @Nullable String text(JsonNode root, String field) {
    JsonNode value = root.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw ReconcileRefused.wrong(
          field, value.toString(), field.equals("source_id") ? "a source's id" : A_TIME);
    }
    return value.textValue().strip();
  }
}
