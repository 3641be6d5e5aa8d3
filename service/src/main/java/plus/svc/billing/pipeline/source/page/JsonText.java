package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Locale;
import plus.svc.billing.pipeline.source.SourceFailure;

/** Reads texts of a limited length. */
final class JsonText {

  private JsonText() {}

  /**
   * The current value as text, '' for null; an object or array is skipped and gives ''.
   *
   * @throws SourceFailure {@code too_large} if it is longer than allowed
   */
  static String scalar(JsonParser parser, int limitChars) throws IOException, SourceFailure {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return "";
    }
    if (token.isStructStart()) {
      parser.skipChildren();
      return "";
    }
    String text = parser.getText();
    if (text.length() > limitChars) {
      throw new SourceFailure(
          SourceFailure.Kind.TOO_LARGE, "a text has more than " + limitChars + " characters");
    }
    return text;
  }

  /**
   * The current value, which must be a text or null ('').
   *
   * @throws SourceFailure {@code malformed} if it is something else
   */
  static String required(JsonParser parser, Key key, int limitChars)
      throws IOException, SourceFailure {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NULL) {
      throw new SourceFailure(
          SourceFailure.Kind.MALFORMED,
          "the page's " + key.name().toLowerCase(Locale.ROOT) + " is no text");
    }
    return scalar(parser, limitChars);
  }
}
