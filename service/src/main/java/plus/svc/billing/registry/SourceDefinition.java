package plus.svc.billing.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import plus.svc.billing.config.SourceListReader;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.platform.setting.SettingReader;

/** A source as an operator writes it: a JSON object with the newer keys of the settings. */
final class SourceDefinition {

  /** Nothing else is stored: a key mistyped here would be a check that is not made. */
  static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "source_id",
              "node_id",
              "env",
              "base_url",
              "enabled",
              "auth_mode",
              "credential_ref",
              "ca_bundle_ref",
              "server_name",
              "collect_interval",
              "request_timeout",
              "mode",
              "first_snapshot",
              "billing_from",
              "max_bytes_per_second"));

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ObjectNode fields;

  private SourceDefinition(ObjectNode fields) {
    this.fields = fields;
  }

  /**
   * Reads a JSON object.
   *
   * @throws Refused if it is none, or has an unknown key or no id
   */
  static SourceDefinition parse(String json) throws Refused {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new Refused("the body is no JSON: must be an object such as {\"source_id\": ...}");
    }
    if (!(node instanceof ObjectNode object)) {
      throw new Refused("the body is no JSON object: must be such as {\"source_id\": ...}");
    }
    ObjectNode fields = JSON.createObjectNode();
    List<String> unknown = new ArrayList<>();
    object
        .properties()
        .forEach(
            field -> {
              String key = field.getKey().toLowerCase(Locale.ROOT);
              if (KEYS.contains(key)) {
                fields.set(key, field.getValue());
              } else {
                unknown.add(SettingReader.shown(field.getKey()));
              }
            });
    if (!unknown.isEmpty()) {
      throw new Refused(
          "unknown key " + String.join(", ", unknown) + ": must be of " + String.join(", ", KEYS));
    }
    if (!fields.path("source_id").isTextual() || fields.path("source_id").asText().isBlank()) {
      throw new Refused("source_id is missing");
    }
    fields.put("source_id", fields.path("source_id").asText().strip());
    return new SourceDefinition(fields);
  }

  String id() {
    return fields.path("source_id").asText();
  }

  String json() {
    return fields.toString();
  }

  /** The same with the other's fields put in; a null goes back to the default. */
  SourceDefinition with(SourceDefinition changes) {
    ObjectNode merged = fields.deepCopy();
    changes
        .fields
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                merged.remove(field.getKey());
              } else {
                merged.set(field.getKey(), field.getValue());
              }
            });
    return new SourceDefinition(merged);
  }

  SourceDefinition disabled() {
    ObjectNode off = fields.deepCopy();
    off.put("enabled", false);
    return new SourceDefinition(off);
  }

  /** Reads the fields as the settings are read; problems are added to the list. */
  Optional<SourceSpec> spec(Duration collectInterval, List<String> problems) {
    SourceListReader reader = new SourceListReader(collectInterval);
    List<SourceSpec> read = reader.readAll("source", List.of(fields));
    problems.addAll(reader.problems());
    return read.stream().findFirst();
  }

  /** It cannot be done; each problem names what, and holds no secret. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    Refused(String problem) {
      this(List.of(problem));
    }

    Refused(List<String> problems) {
      super(String.join("; ", problems));
      this.problems = List.copyOf(problems);
    }

    List<String> problems() {
      return problems;
    }
  }
}
