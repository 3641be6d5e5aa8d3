package plus.svc.billing.platform.database;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

/** The {@code postgres://} form, read as pgx reads it, into libpq's keywords. */
final class ConnectionUrl {

  private ConnectionUrl() {}

  static Map<String, String> parse(String text) {
    String rest = text.substring(text.indexOf("://") + "://".length());
    if (rest.indexOf('#') >= 0) {
      throw new IllegalArgumentException("has a '#': in a password it must be written %23");
    }
    Map<String, String> settings = new HashMap<>();
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    rest = question < 0 ? rest : rest.substring(0, question);
    int slash = rest.indexOf('/');
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    if (path.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "has a '/' before the '@': in a password it must be written %2F");
    }
    if (query.indexOf('@') >= 0 && rest.indexOf('@') < 0) {
      throw new IllegalArgumentException(
          "has a '?' before the '@': in a password it must be written %3F");
    }
    readAuthority(slash < 0 ? rest : rest.substring(0, slash), settings);
    put(settings, "dbname", decode(path));
    readQuery(query, settings);
    return settings;
  }

  private static void readAuthority(String authority, Map<String, String> settings) {
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String info = authority.substring(0, at);
      int colon = info.indexOf(':');
      put(settings, "user", decode(colon < 0 ? info : info.substring(0, colon)));
      put(settings, "password", decode(colon < 0 ? "" : info.substring(colon + 1)));
    }
    StringJoiner hosts = new StringJoiner(",");
    StringJoiner ports = new StringJoiner(",");
    String list = authority.substring(at + 1);
    for (String host : list.split(",", -1)) {
      int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
      hosts.add(decode(colon < 0 ? host : host.substring(0, colon)));
      ports.add(colon < 0 ? "" : host.substring(colon + 1));
    }
    if (!list.isEmpty()) {
      settings.put("host", hosts.toString());
      settings.put("port", ports.toString());
    }
  }

  private static void readQuery(String query, Map<String, String> settings) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String key = decode(pair.substring(0, equals));
        String value = decode(pair.substring(equals + 1).replace('+', ' '));
        settings.put(key.equals("database") ? "dbname" : key, value);
      }
    }
  }

  private static void put(Map<String, String> settings, String key, String value) {
    if (!value.isEmpty()) {
      settings.put(key, value);
    }
  }

  /** Percent-decodes as UTF-8; unlike a form's decoder it leaves {@code +} alone. */
  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    int at = 0;
    while (at < text.length()) {
      int end = text.offsetByCodePoints(at, 1);
      if (text.charAt(at) == '%') {
        bytes.put(hexByte(text, at));
        end = at + 3;
      } else {
        bytes.put(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
      }
      at = end;
    }
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
      return decoded.toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("has percent escapes that are no UTF-8", e);
    }
  }

  private static byte hexByte(String text, int at) {
    int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException(
          "has a '%' without two hex digits: in a password it must be written %25");
    }
    return (byte) (high << 4 | low);
  }
}
