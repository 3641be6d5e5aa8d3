package plus.svc.billing.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import plus.svc.billing.emulator.window.SnapshotReader;
import plus.svc.billing.emulator.window.SnapshotRow;

/** Replies of a real exporter, and the history they were given from. */
record Recording(List<Entry> entries) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  record Entry(
      String request,
      Map<String, String> requestHeaders,
      int status,
      String contentType,
      String body) {
    String target() {
      return request.substring("GET ".length());
    }

    @Override
    public String toString() {
      return request + " " + requestHeaders.keySet() + " -> " + status;
    }
  }

  static Recording read(String name) {
    try (InputStream in = Recording.class.getResourceAsStream("/recordings/" + name)) {
      List<Entry> entries = new ArrayList<>();
      for (JsonNode node : MAPPER.readTree(Objects.requireNonNull(in))) {
        Map<String, String> headers = new TreeMap<>();
        node.get("request_headers")
            .properties()
            .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
        entries.add(
            new Entry(
                node.get("request").asText(),
                headers,
                node.get("status").asInt(),
                node.get("content_type").asText(),
                node.get("body").asText()));
      }
      return new Recording(entries);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** Every snapshot that any reply shows, once, ascending. */
  List<SnapshotRow> history() {
    Map<Instant, SnapshotRow> rows = new TreeMap<>();
    for (Entry entry : entries) {
      if (entry.status() == 200) {
        SnapshotReader.page(entry.body()).forEach(row -> rows.put(row.collectedAt(), row));
      }
    }
    return List.copyOf(rows.values());
  }

  static JsonNode json(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + body, e);
    }
  }
}
