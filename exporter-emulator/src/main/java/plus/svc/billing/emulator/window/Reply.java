package plus.svc.billing.emulator.window;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A whole reply. Content-Length and Date are added by the server. */
public final class Reply {
  public static final String CONTENT_TYPE = "Content-Type";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private Reply(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  public int status() {
    return status;
  }

  public Map<String, String> headers() {
    return headers;
  }

  /** The body's bytes; not a copy, not to be changed. */
  public byte[] body() {
    return body;
  }

  public static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, Map.of(CONTENT_TYPE, contentType), body);
  }

  public static Reply json(int status, byte[] body) {
    return of(status, "application/json", body);
  }

  public static Reply text(int status, String body) {
    return of(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
  }

  /** What Go's {@code http.Error} sends: the message and a line end, not to be sniffed. */
  public static Reply error(int status, String message) {
    return text(status, message + '\n').with("X-Content-Type-Options", "nosniff");
  }

  public static Reply notFound() {
    return error(404, "404 page not found");
  }

  public static Reply unauthorized() {
    return error(401, "unauthorized");
  }

  /** The same reply with one header more, or with another value for it. */
  public Reply with(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Reply(status, all, body);
  }

  /** The same status and headers around another body. */
  public Reply withBody(byte[] other) {
    return new Reply(status, headers, other);
  }
}
