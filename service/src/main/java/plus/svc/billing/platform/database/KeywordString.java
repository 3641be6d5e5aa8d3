package plus.svc.billing.platform.database;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** libpq's {@code key=value key='quoted value'} form. */
final class KeywordString {

  private static final Pattern PAIR =
      Pattern.compile(
          "\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*('((?:[^'\\\\]|\\\\.)*)'|((?:[^\\s'\\\\]|\\\\.)*))(?=\\s|$)",
          Pattern.DOTALL);

  private KeywordString() {}

  static Map<String, String> parse(String text) {
    Map<String, String> settings = new HashMap<>();
    Matcher pair = PAIR.matcher(text);
    int at = 0;
    while (at < text.length() && !text.substring(at).isBlank()) {
      pair.region(at, text.length());
      if (!pair.lookingAt()) {
        throw new IllegalArgumentException("has another form: must be " + DatabaseUrl.FORMS);
      }
      String value = pair.group(3) != null ? pair.group(3) : pair.group(4);
      String key = pair.group(1);
      settings.put(key.equals("database") ? "dbname" : key, value.replaceAll("(?s)\\\\(.)", "$1"));
      at = pair.end();
    }
    settings.values().removeIf(String::isEmpty);
    return settings;
  }
}
