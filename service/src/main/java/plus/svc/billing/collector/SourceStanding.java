package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.DualReport;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.quantity.NodeKey;

/**
 * Where a source stands, as this instance knows it.
 *
 * @param nodes the nodes it brought since this instance started, a bounded number of them
 * @param health how it behaves
 * @param last the last collection that ended, null before the first
 * @param sinceStart what this instance's collections changed since it started
 * @param dual how its two endpoints compare; null unless both are read
 */
public record SourceStanding(
    SourceSpec source,
    SourceProgress progress,
    Set<NodeKey> nodes,
    SourceHealth health,
    @Nullable SourceOutcome last,
    Receipt sinceStart,
    @Nullable DualReport dual) {

  /** More nodes than any exporter has; a source that names more is not believed. */
  private static final int MOST_NODES = 64;

  public SourceStanding {
    nodes = Set.copyOf(nodes);
  }

  static SourceStanding fresh(SourceSpec source) {
    return new SourceStanding(
        source,
        SourceProgress.none(source.id()),
        Set.of(),
        SourceHealth.UNKNOWN,
        null,
        Receipt.NOTHING,
        null);
  }

  /** How far behind the newest readable instant the source is; empty if it was never read. */
  public Optional<Duration> lag(Instant now) {
    Instant seen = progress.lastCompletedUntil();
    if (seen == null) {
      return Optional.empty();
    }
    Duration lag = Duration.between(seen, WindowChoice.until(now));
    return Optional.of(lag.isNegative() ? Duration.ZERO : lag);
  }

  /** Collections that failed since the last good one. */
  public int consecutiveFailures() {
    return health.failures();
  }

  SourceStanding of(SourceSpec newer) {
    return new SourceStanding(
        newer, progress, Set.of(), SourceHealth.UNKNOWN, last, sinceStart, null);
  }

  SourceStanding with(SourceProgress newer) {
    return new SourceStanding(source, newer, nodes, health, last, sinceStart, dual);
  }

  SourceStanding with(SourceHealth newer) {
    return new SourceStanding(source, progress, nodes, newer, last, sinceStart, dual);
  }

  SourceStanding with(DualReport newer) {
    return new SourceStanding(source, progress, nodes, health, last, sinceStart, newer);
  }

  SourceStanding with(Set<NodeKey> brought) {
    if (nodes.containsAll(brought) || nodes.size() + brought.size() > MOST_NODES) {
      return this;
    }
    Set<NodeKey> all = new HashSet<>(nodes);
    all.addAll(brought);
    return new SourceStanding(source, progress, all, health, last, sinceStart, dual);
  }

  SourceStanding plus(Receipt receipt) {
    return new SourceStanding(
        source, progress, nodes, health, last, sinceStart.plus(receipt), dual);
  }

  SourceStanding after(SourceOutcome outcome) {
    return new SourceStanding(source, progress, nodes, health, outcome, sinceStart, dual);
  }
}
