package plus.svc.billing.pipeline.snapshot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.quantity.NodeKey;

/**
 * What the counters of one node were at one instant.
 *
 * @param collectedAt the exporter's clock, to the microsecond (PostgreSQL's resolution)
 * @param startedAt when the counting process started (its epoch), null if the exporter sends none
 * @param samples ascending by series, each series once
 * @param rejected what the decoder set aside
 */
public record Snapshot(
    NodeKey node,
    Instant collectedAt,
    @Nullable Instant startedAt,
    List<Sample> samples,
    List<RejectedSample> rejected) {

  public Snapshot {
    collectedAt = collectedAt.truncatedTo(ChronoUnit.MICROS);
    startedAt = startedAt == null ? null : startedAt.truncatedTo(ChronoUnit.MICROS);
    samples = List.copyOf(samples);
    rejected = List.copyOf(rejected);
    for (int i = 1; i < samples.size(); i++) {
      if (samples.get(i - 1).series().compareTo(samples.get(i).series()) >= 0) {
        throw new IllegalArgumentException(
            "samples of a snapshot must ascend by series, once each");
      }
    }
  }
}
