package plus.svc.billing.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.net.URI;
import plus.svc.billing.api.ErrorMessage;

/**
 * What the service answered.
 *
 * @param from the URL that was called
 * @param status the HTTP status; none that refuses the call
 * @param body as sent
 */
record Reply(URI from, int status, String body) {

  private static final JsonMapper JSON =
      JsonMapper.builder().addModule(new JavaTimeModule()).build();

  /**
   * The body as a record of the API.
   *
   * @param fields that every such document has
   * @throws CannotRun if it is no such document
   */
  <T> T as(Class<T> type, String... fields) {
    try {
      JsonNode document = JSON.readTree(body);
      for (String field : fields) {
        if (!document.hasNonNull(field)) {
          throw notUnderstood();
        }
      }
      return JSON.treeToValue(document, type);
    } catch (JsonProcessingException e) {
      throw notUnderstood();
    }
  }

  /** The last line with anything on it, as JSON; a missing node if it is none. */
  JsonNode lastLine() {
    String text = body.strip();
    try {
      return JSON.readTree(text.substring(text.lastIndexOf('\n') + 1));
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  /** Why the service does not do what it was asked for. */
  CannotRun refusal() {
    return status == 400 && !message().isEmpty()
        ? new CannotRun(message().substring(": ".length()))
        : notUnderstood();
  }

  private CannotRun notUnderstood() {
    if (status < 300) {
      return new CannotRun(
          from + " answers something else than the billing service would; check the URL");
    }
    return new CannotRun(
        from + " answers " + status + message() + "; see the service's log, then try again");
  }

  /** What the service says of its error, '' if the body is no error of its own. */
  private String message() {
    try {
      JsonNode document = JSON.readTree(body);
      return document.hasNonNull("message")
          ? ": " + Text.line(JSON.treeToValue(document, ErrorMessage.class).message())
          : "";
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
