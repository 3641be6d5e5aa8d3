package plus.svc.billing.pipeline.source.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One recorded exchange with a real exporter. */
record Recording(String name, String request, int status, String contentType, String body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Recording> all() {
    return Stream.concat(read("exporter-a").stream(), read("exporter-b").stream());
  }

  static Stream<Recording> pages() {
    return all().filter(r -> r.status() == 200 && r.request().contains("/window"));
  }

  JsonNode tree() {
    return parse(body);
  }

  @Override
  public String toString() {
    return name + " " + request;
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Recording> read(String name) {
    try (InputStream in = Recording.class.getResourceAsStream("/recordings/" + name + ".json")) {
      List<Recording> recordings = new ArrayList<>();
      for (JsonNode entry : JSON.readTree(in)) {
        recordings.add(
            new Recording(
                name,
                entry.path("request").asText(),
                entry.path("status").asInt(),
                entry.path("content_type").asText(),
                entry.path("body").asText()));
      }
      return recordings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
