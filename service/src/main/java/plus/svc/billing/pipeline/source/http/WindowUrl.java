package plus.svc.billing.pipeline.source.http;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import plus.svc.billing.pipeline.source.page.WindowQuery;

/** Writes the request's URL. */
final class WindowUrl {

  private WindowUrl() {}

  /**
   * The base URL with the path appended, its own prefix kept, and every parameter given: exporters
   * fill in what is missing each in its own way.
   */
  static URI of(URI baseUrl, WindowQuery query) {
    StringBuilder url =
        new StringBuilder(baseUrl.toString())
            .append("/v1/snapshots/window?since=")
            .append(encoded(query.since().toString()))
            .append("&until=")
            .append(encoded(query.until().toString()))
            .append("&limit=")
            .append(query.limit());
    String cursor = query.cursor();
    if (cursor != null) {
      url.append("&cursor=").append(encoded(cursor));
    }
    return URI.create(url.toString());
  }

  /** Where the newest snapshot is. */
  static URI latest(URI baseUrl) {
    return URI.create(baseUrl + "/v1/snapshots/latest");
  }

  /** Percent-encoded, a space as {@code %20}: {@code +} would mean one only in forms. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
