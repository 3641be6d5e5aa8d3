package plus.svc.billing.emulator;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.emulator.xray.CounterKey;
import plus.svc.billing.emulator.xray.Traffic;

/**
 * The simplest right reader: adds the counters' increases up, from zero with each producer epoch.
 */
final class CounterReader {
  private CounterReader() {}

  static Map<CounterKey, Traffic> increases(List<SnapshotRow> snapshots) {
    Map<CounterKey, Traffic> sums = new TreeMap<>();
    Map<CounterKey, Traffic> last = new HashMap<>();
    @Nullable Instant epoch = null;
    for (SnapshotRow snapshot : snapshots) {
      Instant startedAt = Objects.requireNonNull(snapshot.startedAt());
      if (!startedAt.equals(epoch)) {
        last.clear();
        epoch = startedAt;
      }
      for (SampleRow sample : snapshot.samples()) {
        CounterKey key = new CounterKey(sample.uuid(), sample.inboundTag());
        Traffic now = new Traffic(sample.uplinkBytesTotal(), sample.downlinkBytesTotal());
        Traffic before = Objects.requireNonNullElse(last.put(key, now), Traffic.NONE);
        sums.merge(key, now.minus(before), Traffic::plus);
      }
    }
    sums.values().removeIf(Traffic::isNone);
    return sums;
  }
}
