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
import plus.svc.billing.emulator.window.SampleRow;
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
        for (JsonNode snapshot : json(entry.body()).path("snapshots")) {
          SnapshotRow row = row(snapshot);
          rows.put(row.collectedAt(), row);
        }
      }
    }
    return List.copyOf(rows.values());
  }

  private static SnapshotRow row(JsonNode snapshot) {
    List<SampleRow> samples = new ArrayList<>();
    for (JsonNode sample : snapshot.path("samples")) {
      samples.add(
          new SampleRow(
              sample.get("uuid").asText(),
              sample.get("email").asText(),
              sample.get("inbound_tag").asText(),
              sample.get("uplink_bytes_total").asLong(),
              sample.get("downlink_bytes_total").asLong()));
    }
    return new SnapshotRow(
        Instant.parse(snapshot.get("collected_at").asText()),
        snapshot.get("node_id").asText(),
        snapshot.get("env").asText(),
        null,
        samples);
  }

  static JsonNode json(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + body, e);
    }
  }
}
