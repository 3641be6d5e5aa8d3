package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import plus.svc.billing.ops.ApiDescription;

/**
 * The description that the service serves, as a contract: every answer that a test gets is held
 * against it. A field that it doesn't name is a breach here, though a caller should ignore one.
 */
final class ApiContract {

  /** Whose calls: the two ports share no path by right, but by accident they may. */
  enum Port {
    APPLICATION,
    ADMIN
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode DOCUMENT = strict(read());
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final Map<JsonNode, JsonSchema> compiled = new ConcurrentHashMap<>();

  /** Any call may be answered so; the last ones only those of the wallet are. */
  private static final List<Integer> OTHERS = List.of(400, 405, 406, 409, 500, 404, 413, 503);

  private ApiContract() {}

  static JsonNode document() {
    return DOCUMENT;
  }

  /** The operations of a port, as {@code GET /v1/status}. */
  static Set<String> operations(Port port) {
    Set<String> operations = new TreeSet<>();
    DOCUMENT
        .path("paths")
        .properties()
        .forEach(
            path -> {
              if (portOf(path.getValue()) == port) {
                path.getValue()
                    .properties()
                    .forEach(
                        call -> {
                          if (call.getValue().has("responses")) {
                            operations.add(
                                call.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        });
              }
            });
    return operations;
  }

  /** What an operation is told to be. */
  static JsonNode operation(String operation) {
    String[] parts = operation.split(" ", 2);
    return DOCUMENT.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
  }

  /** What a reference leads to, or the node itself. */
  static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
  }

  /**
   * Fails unless the answer is one of those that are described.
   *
   * @return what was met, as {@code GET /v1/status 200}
   */
  static String check(Port port, String method, String pathAndQuery, HttpResponse<String> answer) {
    String path = template(pathAndQuery.replaceFirst("\\?.*", ""));
    String met = method + " " + path + " " + answer.statusCode();
    JsonNode item = DOCUMENT.path("paths").path(path);
    boolean known = !item.isMissingNode() && portOf(item) == port;
    JsonNode call = known ? item.path(method.toLowerCase(Locale.ROOT)) : item.path("none");
    if (!call.isMissingNode()) {
      holds(call.path("responses"), answer, met);
    } else {
      assertThat(answer.statusCode()).as(met).isIn(known ? 405 : 404, 401, 403, 429);
      body(other(item), answer, met);
    }
    return met;
  }

  /** What a method is answered with that the path doesn't have: as its calls answer all else. */
  private static JsonNode other(JsonNode item) {
    for (JsonNode call : item) {
      if (call.path("responses").has("default")) {
        return resolved(call.path("responses").path("default"));
      }
    }
    return DOCUMENT.at("/components/responses/Other");
  }

  /** The described path that a path is one of; itself if there is none. */
  private static String template(String path) {
    for (Map.Entry<String, JsonNode> known : DOCUMENT.path("paths").properties()) {
      if (known.getKey().contains("{")
          && path.matches(known.getKey().replaceAll("\\{[a-zA-Z]+}", "[^/]+"))) {
        return known.getKey();
      }
    }
    return path;
  }

  private static void holds(JsonNode responses, HttpResponse<String> answer, String met) {
    JsonNode told = responses.path(Integer.toString(answer.statusCode()));
    if (told.isMissingNode()) {
      assertThat(answer.statusCode()).as(met + " is described").isIn(OTHERS);
      told = responses.path("default");
    }
    JsonNode response = resolved(told);
    response
        .path("headers")
        .properties()
        .forEach(
            header ->
                assertThat(answer.headers().firstValue(header.getKey()))
                    .as(met + " " + header.getKey())
                    .isPresent());
    body(response, answer, met);
  }

  private static void body(JsonNode response, HttpResponse<String> answer, String met) {
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    JsonNode content = response.path("content").path(type);
    assertThat(content.isMissingNode()).as(met + " as '" + type + "'").isFalse();
    if (type.equals("application/json")) {
      assertThat(problems(content.path("schema"), answer.body()))
          .as(met + " " + answer.body())
          .isEmpty();
    }
  }

  /** What of a text breaks a schema, in sentences. */
  static Set<String> problems(JsonNode schema, String json) {
    JsonSchema compiledSchema = compiled.computeIfAbsent(schema, ApiContract::compile);
    Set<String> problems = new TreeSet<>();
    try {
      compiledSchema
          .validate(
              JSON.readTree(json),
              context -> context.getExecutionConfig().setFormatAssertionsEnabled(true))
          .forEach(problem -> problems.add(problem.toString()));
    } catch (IOException e) {
      problems.add("no JSON: " + e.getMessage());
    }
    return problems;
  }

  private static JsonSchema compile(JsonNode schema) {
    ObjectNode whole = JSON.createObjectNode();
    whole.set("components", DOCUMENT.path("components"));
    whole.putArray("allOf").add(schema);
    return SCHEMAS.getSchema(whole);
  }

  private static Port portOf(JsonNode pathItem) {
    return pathItem.has("servers") ? Port.ADMIN : Port.APPLICATION;
  }

  private static JsonNode read() {
    try {
      return new YAMLMapper().readTree(ApiDescription.with(List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What isn't named isn't there. */
  private static JsonNode strict(JsonNode document) {
    document
        .at("/components/schemas")
        .forEach(
            schema -> {
              if (schema.has("properties") && !schema.has("additionalProperties")) {
                ((ObjectNode) schema).put("additionalProperties", false);
              }
            });
    return document;
  }
}
