package plus.svc.billing.emulator.window;

import org.jspecify.annotations.Nullable;

/**
 * A request, already freed of the path prefix. The method is not here: no exporter looks at it.
 *
 * @param path the decoded path, e.g. {@code /v1/snapshots/window}
 * @param rawQuery the query as sent, without the question mark
 * @param authorization the value of the Authorization header
 */
public record Request(String path, @Nullable String rawQuery, @Nullable String authorization) {
  public static final String SNAPSHOTS = "/v1/snapshots/";
  public static final String WINDOW = SNAPSHOTS + "window";
  public static final String LATEST = SNAPSHOTS + "latest";

  /** Without the credential. */
  @Override
  public String toString() {
    return "Request[" + path + (rawQuery == null ? "" : "?" + rawQuery) + "]";
  }

  public GoQuery query() {
    return new GoQuery(rawQuery);
  }
}
