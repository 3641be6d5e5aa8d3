package plus.svc.billing.wallet.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@link Fields} from JSON. {@code NaN} is read too, so that the error can name its field.
 */
public final class FieldsReader {

  /** Longest body of a call, and longest line of a bulk. */
  public static final int MOST_CHARACTERS = 64 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(4).maxNumberLength(100).build())
          .build();

  private FieldsReader() {}

  /**
   * Looks at how long a body is.
   *
   * @throws WalletFailure if it is too long
   */
  static void checkSize(int size) {
    if (size > MOST_CHARACTERS) {
      throw WalletFailure.tooLarge(
          "the body is too large: must have at most " + MOST_CHARACTERS + " bytes");
    }
  }

  /**
   * Reads one object.
   *
   * @throws WalletFailure if the text is none
   */
  public static Fields read(String text) {
    if (text.isBlank()) {
      throw WalletFailure.bad("the body is empty: must be a JSON object");
    }
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw WalletFailure.bad("the body is no JSON object: must be one");
      }
      Fields fields = object(parser, "");
      if (parser.nextToken() != null) {
        throw WalletFailure.bad("the body goes on after its object: must be one JSON object");
      }
      return fields;
    } catch (IOException e) {
      // The parser's own words may quote anything.
      throw WalletFailure.bad("the body is no JSON object: must be one, with every field once");
    }
  }

  private static Fields object(JsonParser parser, String path) throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (parser.currentToken() != JsonToken.VALUE_NULL) {
        values.put(name, value(parser, path + name));
      }
    }
    return new Fields(path, values);
  }

  private static Object value(JsonParser parser, String path) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser, path + ".");
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> list = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        list.add(value(parser, path + "[" + list.size() + "]"));
      }
      return list;
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return parser.getBooleanValue();
    }
    // Numbers by their digits.
    return parser.getText();
  }
}
