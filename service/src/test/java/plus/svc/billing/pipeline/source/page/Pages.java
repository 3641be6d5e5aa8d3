package plus.svc.billing.pipeline.source.page;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import plus.svc.billing.pipeline.source.SourceFailure;

/** Page texts that read like the exporters' own. */
final class Pages {

  static final String ALICE = "00000000-0000-4000-8000-00000000000a";
  static final String BOB = "00000000-0000-4000-8000-00000000000b";

  private Pages() {}

  static WindowPage decode(String body) throws IOException, SourceFailure {
    return decode(body, DecoderLimits.DEFAULT);
  }

  static WindowPage decode(String body, DecoderLimits limits) throws IOException, SourceFailure {
    return new WindowDecoder(limits)
        .decode(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
  }

  /** The last page of a window with these snapshots. */
  static String page(String... snapshots) {
    return "{\"node_id\":\"jp\",\"env\":\"prod\",\"snapshots\":["
        + String.join(",", snapshots)
        + "],\"has_more\":false}";
  }

  /** A snapshot of node jp in prod at 10:00 with these samples. */
  static String snapshot(String... samples) {
    return snapshotWith("\"collected_at\":\"2026-04-08T10:00:00Z\"", samples);
  }

  /** The same, with other fields in its head. */
  static String snapshotWith(String head, String... samples) {
    return "{"
        + head
        + ",\"node_id\":\"jp\",\"env\":\"prod\",\"samples\":["
        + String.join(",", samples)
        + "]}";
  }

  static String sample(String uuid, String tag, long uplink, long downlink) {
    return sampleOf("\"" + uuid + "\"", "\"" + tag + "\"", "" + uplink, "" + downlink);
  }

  /** A sample whose values stand in the JSON as given. */
  static String sampleOf(String uuid, String tag, String uplink, String downlink) {
    return String.format(
        Locale.ROOT,
        "{\"uuid\":%s,\"email\":\"a@example.com\",\"inbound_tag\":%s,"
            + "\"uplink_bytes_total\":%s,\"downlink_bytes_total\":%s}",
        uuid,
        tag,
        uplink,
        downlink);
  }

  static String uuid(long number) {
    return new UUID(0x0000_0000_0000_4000L, 0x8000_0000_0000_0000L + number).toString();
  }
}
