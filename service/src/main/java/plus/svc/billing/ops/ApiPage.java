package plus.svc.billing.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.text.StringEscapeUtils;

/**
 * An OpenAPI description as one page: no script, no picture, nothing from elsewhere, so that the
 * policy that comes with it can forbid all of that.
 *
 * @param contentSecurityPolicy allows the page's own style, by its hash, and nothing else
 */
record ApiPage(String html, String contentSecurityPolicy) {

  private static final String STYLE =
      """
      body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
      h1,h2,h3{line-height:1.2}h2{margin-top:3rem;border-bottom:1px solid #ccc}
      section{margin:1.5rem 0}code,.method{font-family:ui-monospace,monospace}
      .method{font-weight:700;text-transform:uppercase}table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-top:1px solid #ddd}
      th{font-weight:400;white-space:nowrap}
      @media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8bf}}
      """;

  private static final String REFERENCE = "$ref";

  /**
   * Renders a description.
   *
   * @param yaml OpenAPI 3.1
   */
  static ApiPage of(String yaml) {
    try {
      return new ApiPage(
          new Writer(new YAMLMapper().readTree(yaml)).page(),
          "default-src 'none'; style-src '"
              + hash()
              + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the description is no YAML", e);
    }
  }

  private static String hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Writes the page from top to bottom. */
  private static final class Writer {

    private final JsonNode document;
    private final StringBuilder out = new StringBuilder(1 << 16);

    Writer(JsonNode document) {
      this.document = document;
    }

    String page() {
      JsonNode info = document.path("info");
      out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
      out.append("<meta name=\"viewport\" content=\"width=device-width\"><title>");
      text(info.path("title")).append("</title><style>").append(STYLE).append("</style></head>");
      out.append("<body><h1>");
      text(info.path("title")).append("</h1>");
      paragraph(info.path("description"));
      out.append("<p>As a file: <a href=\"/openapi.yaml\">openapi.yaml</a></p>");
      for (JsonNode tag : document.path("tags")) {
        heading(2, tag.path("name").asText(), "tag-" + tag.path("name").asText());
        paragraph(tag.path("description"));
        callsOf(tag.path("name").asText());
      }
      heading(2, "shapes", "shapes");
      document.at("/components/schemas").properties().forEach(this::shape);
      return out.append("</body></html>\n").toString();
    }

    private void callsOf(String tag) {
      for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
        for (Map.Entry<String, JsonNode> call : path.getValue().properties()) {
          if (call.getValue().at("/tags/0").asText().equals(tag)) {
            call(call.getKey(), path.getKey(), call.getValue());
          }
        }
      }
    }

    private void call(String method, String path, JsonNode call) {
      out.append("<section id=\"").append(escaped(call.path("operationId").asText()));
      out.append("\"><h3><span class=\"method\">").append(escaped(method)).append("</span> <code>");
      out.append(escaped(path)).append("</code></h3>");
      paragraph(call.path("summary"));
      paragraph(call.path("description"));
      out.append("<table>");
      for (JsonNode entry : call.path("parameters")) {
        JsonNode parameter = resolved(entry);
        row(
            parameter.path("name").asText() + " (" + parameter.path("in").asText() + ")",
            kind(parameter.path("schema")),
            parameter.path("description").asText());
      }
      contents(call.path("requestBody"), "body");
      call.path("responses")
          .properties()
          .forEach(
              answer ->
                  contents(
                      resolved(answer.getValue()),
                      answer.getKey().equals("default") ? "else" : answer.getKey()));
      out.append("</table></section>\n");
    }

    private void contents(JsonNode body, String name) {
      if (body.isMissingNode()) {
        return;
      }
      List<String> kinds = new ArrayList<>();
      body.path("content")
          .properties()
          .forEach(
              type -> {
                String kind = kind(type.getValue().path("schema"));
                kinds.add(
                    type.getKey().equals("application/json") && !kind.isEmpty()
                        ? kind
                        : escaped(type.getKey()));
              });
      row(name, String.join(", ", kinds), body.path("description").asText());
    }

    private void shape(Map.Entry<String, JsonNode> shape) {
      out.append("<section id=\"shape-").append(escaped(shape.getKey())).append("\"><h3>");
      out.append(escaped(shape.getKey())).append("</h3>");
      paragraph(shape.getValue().path("description"));
      out.append("<table>");
      JsonNode required = shape.getValue().path("required");
      for (Map.Entry<String, JsonNode> field : shape.getValue().path("properties").properties()) {
        boolean always = false;
        for (JsonNode name : required) {
          always |= name.asText().equals(field.getKey());
        }
        row(
            field.getKey() + (always ? "" : "?"),
            kind(field.getValue()),
            field.getValue().path("description").asText());
      }
      out.append("</table></section>\n");
    }

    /** What a schema is, in a few words of HTML. */
    private String kind(JsonNode schema) {
      if (schema.has(REFERENCE)) {
        String reference = schema.path(REFERENCE).asText();
        String name = escaped(reference.substring(reference.lastIndexOf('/') + 1));
        return "<a href=\"#shape-" + name + "\">" + name + "</a>";
      }
      for (String choice : List.of("oneOf", "anyOf")) {
        if (schema.has(choice)) {
          List<String> kinds = new ArrayList<>();
          schema.path(choice).forEach(one -> kinds.add(kind(one)));
          return String.join(" or ", kinds);
        }
      }
      if (schema.has("items") && !schema.path("items").has("properties")) {
        return "list of " + kind(schema.path("items"));
      }
      List<String> words = new ArrayList<>();
      JsonNode type = schema.path("type");
      if (type.isArray()) {
        type.forEach(one -> words.add(one.asText()));
      } else {
        words.add(schema.has("format") ? schema.path("format").asText() : type.asText());
      }
      schema
          .path("enum")
          .forEach(
              value -> words.add(value.asText().isEmpty() ? "''" : "'" + value.asText() + "'"));
      return escaped(String.join(" ", words));
    }

    private JsonNode resolved(JsonNode node) {
      return node.has(REFERENCE) ? document.at(node.path(REFERENCE).asText().substring(1)) : node;
    }

    private void row(String name, String kindHtml, String description) {
      out.append("<tr><th><code>").append(escaped(name)).append("</code></th><td>");
      out.append(kindHtml).append("</td><td>").append(escaped(description)).append("</td></tr>");
    }

    private void heading(int level, String title, String id) {
      out.append(
          String.format(
              Locale.ROOT, "<h%d id=\"%s\">%s</h%d>", level, escaped(id), escaped(title), level));
    }

    private void paragraph(JsonNode node) {
      if (!node.asText().isEmpty()) {
        out.append("<p>");
        text(node).append("</p>");
      }
    }

    private StringBuilder text(JsonNode node) {
      return out.append(escaped(node.asText()));
    }

    private static String escaped(String text) {
      return StringEscapeUtils.escapeHtml4(text);
    }
  }
}
