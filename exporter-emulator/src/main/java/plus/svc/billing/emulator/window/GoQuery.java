package plus.svc.billing.emulator.window;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query string as Go's {@code URL.Query().Get} sees it: a pair with a broken escape or a
 * semicolon is dropped silently, {@code +} is a blank, the first value of a name counts, absent is
 * "".
 */
public final class GoQuery {
  private final Map<String, String> first = new HashMap<>();

  public GoQuery(@Nullable String rawQuery) {
    if (rawQuery == null) {
      return;
    }
    for (String pair : rawQuery.split("&", -1)) {
      if (!pair.isEmpty() && pair.indexOf(';') < 0) {
        add(pair);
      }
    }
  }

  /** The first value given for the name, "" if there is none. */
  public String get(String name) {
    return first.getOrDefault(name, "");
  }

  private void add(String pair) {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals);
    String value = equals < 0 ? "" : pair.substring(equals + 1);
    try {
      first.putIfAbsent(decode(name), decode(value));
    } catch (IllegalArgumentException e) {
      // A broken escape: Go drops the pair and goes on.
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
