package plus.svc.billing.emulator.window;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot as an exporter keeps it.
 *
 * @param collectedAt the exporter's stamp
 * @param startedAt when the counting process started; absent in today's real exporters
 * @param samples in the order they are sent
 */
public record SnapshotRow(
    Instant collectedAt,
    String nodeId,
    String env,
    @Nullable Instant startedAt,
    List<SampleRow> samples) {
  public SnapshotRow {
    samples = List.copyOf(samples);
  }
}
