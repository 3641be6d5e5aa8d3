package plus.svc.billing.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The description of every call: what stands in the file beside this class, and the operations as
 * they are mounted, so that none can be forgotten.
 */
public final class ApiDescription {

  private static final String FILE = "openapi.yaml";
  private static final String MARK = "  # The operations are put in here.\n";

  private static final String CALL =
      """
          METHOD:
            tags: [operations]
            operationId: ID
            summary: 'SUMMARY'
            security: [{token: ['RIGHT']}]
            parameters: [INPUTS]
            responses:
              '200': {$ref: '#/components/responses/Report'}
              '400': {$ref: '#/components/responses/BadInput'}
              '401': {$ref: '#/components/responses/NoToken'}
              '403': {$ref: '#/components/responses/NoRight'}
              '429': {$ref: '#/components/responses/TooManyWrongTokens'}
              default: {$ref: '#/components/responses/Other'}
      """;

  private ApiDescription() {}

  /**
   * An operation on the admin port.
   *
   * @param name letters, digits and dashes
   * @param inputs beside those that all have
   * @param canApply whether it can change anything
   */
  public record AdminCall(String name, Set<String> inputs, boolean canApply) {

    public AdminCall {
      inputs = new TreeSet<>(inputs);
    }
  }

  /** OpenAPI 3.1 in YAML. */
  public static String with(List<AdminCall> calls) {
    String file = file();
    if (!file.contains(MARK)) {
      throw new IllegalStateException(FILE + " has no place for the operations");
    }
    return file.replace(
        MARK, calls.stream().map(ApiDescription::path).collect(Collectors.joining()));
  }

  private static String path(AdminCall call) {
    return "  /admin/v1/"
        + call.name()
        + ":\n    servers: [{url: 'http://127.0.0.1:8082', description: The admin port.}]\n"
        + call("get", call, call.name(), "Tells; changes nothing.", "admin:read", List.of("format"))
        + (call.canApply()
            ? call(
                "post",
                call,
                call.name() + "-apply",
                "The same, and with apply=true does it; that needs admin:write and a reason.",
                "admin:write",
                List.of("format", "apply", "reason"))
            : "");
  }

  private static String call(
      String method, AdminCall call, String id, String summary, String right, List<String> shared) {
    String inputs =
        call.inputs().stream()
            .map(name -> "{name: " + name + ", in: query, schema: {type: string}}")
            .collect(Collectors.joining(", "));
    String common =
        shared.stream()
            .map(name -> "{$ref: '#/components/parameters/" + name + "'}")
            .collect(Collectors.joining(", "));
    String text = CALL.replace("METHOD", method);
    text = text.replace("ID", id);
    text = text.replace("SUMMARY", summary);
    text = text.replace("RIGHT", right);
    return text.replace("INPUTS", inputs.isEmpty() ? common : inputs + ", " + common);
  }

  private static String file() {
    try (InputStream in = Objects.requireNonNull(ApiDescription.class.getResourceAsStream(FILE))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
