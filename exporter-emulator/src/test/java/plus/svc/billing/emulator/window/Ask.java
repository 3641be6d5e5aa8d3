package plus.svc.billing.emulator.window;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small words for the tests of both flavours. */
final class Ask {
  static final String TOKEN = "secret";
  static final Instant NOW = Instant.parse("2026-04-12T10:30:45.5Z");
  static final Instant TEN = Instant.parse("2026-04-12T10:00:00Z");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Ask() {}

  static Exporter exporter(Flavour flavour, SnapshotRow... history) {
    return exporter(config(flavour), history);
  }

  static Exporter exporter(NodeConfig config, SnapshotRow... history) {
    Exporter exporter = Exporter.of(config, InstantSource.fixed(NOW));
    Arrays.stream(history).forEach(exporter::save);
    return exporter;
  }

  static NodeConfig config(Flavour flavour) {
    return NodeConfig.of(flavour, "jp-node", "prod", Access.bearer(TOKEN));
  }

  /** Whole minutes from 10:00 on, each with one sample of as many bytes as minutes. */
  static SnapshotRow[] minutes(int count) {
    SnapshotRow[] rows = new SnapshotRow[count];
    for (int i = 0; i < count; i++) {
      rows[i] = at(TEN.plus(Duration.ofMinutes(i)), i);
    }
    return rows;
  }

  static SnapshotRow at(Instant instant, long bytes) {
    return new SnapshotRow(
        instant,
        "jp-node",
        "prod",
        null,
        List.of(new SampleRow("u1", "user01@example.com", "tcp", bytes, bytes)));
  }

  /** With the right token; parameters as name, value, name, value. */
  static Reply window(Exporter exporter, String... parameters) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      query.append(i == 0 ? "" : "&").append(parameters[i]).append('=');
      query.append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return raw(exporter, query.toString());
  }

  static Reply raw(Exporter exporter, String query) {
    return exporter.answer(new Request(Request.WINDOW, query, "Bearer " + TOKEN));
  }

  static Reply path(Exporter exporter, String path) {
    return exporter.answer(new Request(path, null, "Bearer " + TOKEN));
  }

  static Reply authorized(Exporter exporter, String authorization) {
    return exporter.answer(
        new Request(Request.WINDOW, "since=2026-04-12T10:00:00Z", authorization));
  }

  static String text(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  static JsonNode json(Reply reply) {
    try {
      return MAPPER.readTree(reply.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stamps on the page. */
  static List<String> stamps(Reply reply) {
    List<String> stamps = new ArrayList<>();
    json(reply).path("snapshots").forEach(s -> stamps.add(s.get("collected_at").asText()));
    return stamps;
  }

  static String error(Reply reply) {
    return reply.status() + " " + text(reply).strip();
  }
}
