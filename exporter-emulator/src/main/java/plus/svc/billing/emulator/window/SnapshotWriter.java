package plus.svc.billing.emulator.window;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Writes pages and snapshots as the exporters' JSON encoders do, to the byte.
 *
 * @param nullForNoSnapshots a page without snapshots has {@code null} instead of {@code []}
 * @param nullForNoSamples a snapshot without samples has {@code null} instead of {@code []}
 */
record SnapshotWriter(boolean nullForNoSnapshots, boolean nullForNoSamples) {

  byte[] page(Page page) {
    return write(json -> writePage(json, page), true);
  }

  /**
   * One snapshot by itself.
   *
   * @param lineEnd whether a line end follows, as Go's stream encoder leaves it
   */
  byte[] snapshot(SnapshotRow row, boolean lineEnd) {
    return write(json -> writeSnapshot(json, row), lineEnd);
  }

  private void writePage(JsonGenerator json, Page page) throws IOException {
    json.writeStartObject();
    json.writeStringField("node_id", page.nodeId());
    json.writeStringField("env", page.env());
    json.writeFieldName("snapshots");
    if (page.snapshots().isEmpty() && nullForNoSnapshots) {
      json.writeNull();
    } else {
      json.writeStartArray();
      for (SnapshotRow row : page.snapshots()) {
        writeSnapshot(json, row);
      }
      json.writeEndArray();
    }
    json.writeBooleanField("has_more", page.hasMore());
    if (page.nextCursor() != null) {
      json.writeStringField("next_cursor", page.nextCursor());
    }
    json.writeEndObject();
  }

  private void writeSnapshot(JsonGenerator json, SnapshotRow row) throws IOException {
    json.writeStartObject();
    json.writeStringField("collected_at", GoTime.format(row.collectedAt()));
    json.writeStringField("node_id", row.nodeId());
    json.writeStringField("env", row.env());
    if (row.startedAt() != null) {
      json.writeStringField("started_at", GoTime.format(row.startedAt()));
    }
    json.writeFieldName("samples");
    writeSamples(json, row.samples());
    json.writeEndObject();
  }

  private void writeSamples(JsonGenerator json, List<SampleRow> samples) throws IOException {
    if (samples.isEmpty() && nullForNoSamples) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    for (SampleRow sample : samples) {
      json.writeStartObject();
      json.writeStringField("uuid", sample.uuid());
      json.writeStringField("email", sample.email());
      json.writeStringField("inbound_tag", sample.inboundTag());
      json.writeNumberField("uplink_bytes_total", sample.uplinkBytesTotal());
      json.writeNumberField("downlink_bytes_total", sample.downlinkBytesTotal());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static byte[] write(Body body, boolean lineEnd) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = GoJson.FACTORY.createGenerator(bytes)) {
      body.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (lineEnd) {
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  @FunctionalInterface
  private interface Body {
    void writeTo(JsonGenerator json) throws IOException;
  }
}
