package plus.svc.billing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scrape of the metrics said.
 *
 * @param families metric families, as their {@code # TYPE} lines name them
 * @param values by series as it is written, {@code name{label="value"}}
 */
record Scrape(Set<String> families, Map<String, Double> values) {

  private static final Pattern TYPE = Pattern.compile("^# TYPE (\\S+) \\S+$");
  private static final Pattern SERIES = Pattern.compile("^([a-z_]+(?:\\{.*})?) (\\S+)$");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static Scrape of(RunningService service, String token) throws Exception {
    HttpResponse<String> response = get(service.adminUrl(), "/prometheus", token);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + ": " + response.body());
    }
    return parse(response.body());
  }

  static HttpResponse<String> get(URI base, String path, String token) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Scrape parse(String text) {
    Set<String> families = new TreeSet<>();
    Map<String, Double> values = new TreeMap<>();
    for (String line : text.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher series = SERIES.matcher(line);
      if (type.matches()) {
        families.add(type.group(1));
      } else if (series.matches()) {
        values.put(series.group(1), Double.valueOf(series.group(2)));
      }
    }
    return new Scrape(families, values);
  }

  /** The value of a series, NaN if there is none. */
  double value(String series) {
    return values.getOrDefault(series, Double.NaN);
  }
}
