package plus.svc.billing.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the inputs of a request: from its query, and from a flat JSON object as its body. */
final class RequestInputs {

  private static final int LONGEST_BODY_BYTES = 64 * 1024;
  private static final String OBJECT =
      "the body must be a flat JSON object such as {\"since\": \"-24h\"}";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private RequestInputs() {}

  /**
   * Reads them; what stands in both places is given twice.
   *
   * @throws BadInput if the body is no flat object
   */
  static Map<String, List<String>> read(HttpServletRequest request) throws IOException {
    // The body first: once it is read, the container takes no parameters from it.
    byte[] body = request.getInputStream().readNBytes(LONGEST_BODY_BYTES + 1);
    if (body.length > LONGEST_BODY_BYTES) {
      throw new BadInput("body", "", "it may have " + LONGEST_BODY_BYTES + " bytes");
    }
    Map<String, List<String>> inputs = new TreeMap<>();
    request
        .getParameterMap()
        .forEach((name, values) -> inputs.put(name, new ArrayList<>(List.of(values))));
    object(body)
        .properties()
        .forEach(
            field ->
                inputs
                    .computeIfAbsent(field.getKey(), name -> new ArrayList<>())
                    .addAll(values(field.getKey(), field.getValue())));
    return inputs;
  }

  private static JsonNode object(byte[] body) throws IOException {
    try {
      JsonNode node = JSON.readTree(body);
      if (node.isMissingNode() || node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      // Told below, like another kind of JSON.
    }
    throw new BadInput("body", "", OBJECT);
  }

  /** A null is a name without a value. */
  private static List<String> values(String name, JsonNode value) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value.isArray() ? value : List.of(value)) {
      if (element.isContainerNode()) {
        throw new BadInput(name, Inputs.shown(element.toString()), OBJECT);
      }
      if (!element.isNull()) {
        texts.add(element.asText());
      }
    }
    return texts;
  }
}
