package plus.svc.billing.emulator.window;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Flavour A's samples: one per identifier and inbound, the last of two equal counters wins. */
final class SamplesA {
  private SamplesA() {}

  static List<SampleRow> of(List<RawCounter> counters, Identities identities) {
    TreeMap<String, SampleRow> byKey = new TreeMap<>();
    for (RawCounter counter : counters) {
      String uuid = counter.identifier().strip();
      String tag = counter.inboundTag().strip();
      if (!uuid.isEmpty()) {
        byKey.merge(
            uuid + '\0' + tag,
            only(uuid, tag, counter),
            (known, more) -> overwrite(known, counter));
      }
    }
    List<SampleRow> samples = new ArrayList<>(byKey.size());
    for (SampleRow row : byKey.values()) {
      samples.add(named(row, identities));
    }
    return samples;
  }

  private static SampleRow only(String uuid, String tag, RawCounter counter) {
    return overwrite(new SampleRow(uuid, "", tag, 0, 0), counter);
  }

  private static SampleRow overwrite(SampleRow row, RawCounter counter) {
    return switch (counter.direction()) {
      case UPLINK ->
          new SampleRow(
              row.uuid(), row.email(), row.inboundTag(), counter.value(), row.downlinkBytesTotal());
      case DOWNLINK ->
          new SampleRow(
              row.uuid(), row.email(), row.inboundTag(), row.uplinkBytesTotal(), counter.value());
    };
  }

  private static SampleRow named(SampleRow row, Identities identities) {
    String email =
        identities
            .exactly(row.uuid())
            .map(identity -> identity.email().strip())
            .filter(text -> !text.isEmpty())
            .orElse("unknown");
    return new SampleRow(
        row.uuid(), email, row.inboundTag(), row.uplinkBytesTotal(), row.downlinkBytesTotal());
  }
}
