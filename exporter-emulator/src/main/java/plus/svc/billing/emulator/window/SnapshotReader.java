package plus.svc.billing.emulator.window;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what an exporter wrote: a history to load, from pages saved or recorded. */
public final class SnapshotReader {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SnapshotReader() {}

  /**
   * The snapshots of a window page, in its order.
   *
   * @throws IllegalArgumentException if the text is no such page
   */
  public static List<SnapshotRow> page(String json) {
    List<SnapshotRow> rows = new ArrayList<>();
    try {
      for (JsonNode snapshot : MAPPER.readTree(json).path("snapshots")) {
        rows.add(snapshot(snapshot));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no window page: " + e.getOriginalMessage(), e);
    }
    return rows;
  }

  private static SnapshotRow snapshot(JsonNode json) {
    List<SampleRow> samples = new ArrayList<>();
    for (JsonNode sample : json.path("samples")) {
      samples.add(
          new SampleRow(
              sample.required("uuid").asText(),
              sample.required("email").asText(),
              sample.required("inbound_tag").asText(),
              sample.required("uplink_bytes_total").longValue(),
              sample.required("downlink_bytes_total").longValue()));
    }
    return new SnapshotRow(
        instant(json.required("collected_at").asText()),
        json.required("node_id").asText(),
        json.required("env").asText(),
        startedAt(json),
        samples);
  }

  private static @Nullable Instant startedAt(JsonNode json) {
    JsonNode value = json.get("started_at");
    return value == null ? null : instant(value.asText());
  }

  private static Instant instant(String text) {
    return GoTime.parse(text)
        .orElseThrow(() -> new IllegalArgumentException("no RFC 3339 instant: \"" + text + "\""));
  }
}
