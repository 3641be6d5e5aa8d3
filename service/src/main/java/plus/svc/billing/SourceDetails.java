package plus.svc.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.Coverage;
import plus.svc.billing.api.SourceDetail;
import plus.svc.billing.collector.SourceHealth;
import plus.svc.billing.collector.SourceStanding;
import plus.svc.billing.collector.WindowChoice;
import plus.svc.billing.coverage.CoverageDao;
import plus.svc.billing.coverage.CoverageReader;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.quantity.NodeKey;

/** What a status tells of a source beyond its progress. */
final class SourceDetails {

  private SourceDetails() {}

  /** The end of the last minute that can be read. */
  static Instant end(Instant now) {
    return WindowChoice.until(now).plus(Duration.ofMinutes(1));
  }

  /** The nodes of each source: the one it is configured for, or else those it brought. */
  static Map<SourceId, Set<NodeKey>> nodes(List<SourceStanding> standings) {
    Map<SourceId, Set<NodeKey>> nodes = new HashMap<>();
    for (SourceStanding standing : standings) {
      SourceSpec source = standing.source();
      boolean named = !source.nodeId().isEmpty() && !source.env().isEmpty();
      nodes.put(
          source.id(),
          named ? Set.of(new NodeKey(source.env(), source.nodeId())) : standing.nodes());
    }
    return nodes;
  }

  static SourceDetail of(SourceStanding standing, CoverageReader.Known known, Instant now) {
    SourceId id = standing.source().id();
    CoverageDao.Row hour = known.hour().get(id);
    SourceHealth health = standing.health();
    return new SourceDetail(
        standing.source().mode().name().toLowerCase(Locale.ROOT),
        circuit(health),
        health.pausedUntil(),
        health.slow(),
        standing.lag(now).map(Duration::toMinutes).orElse(0L),
        coverage(hour),
        coverage(known.day().get(id)),
        hour == null ? 0 : hour.heldSeries(),
        hour == null ? 0 : hour.jumpHolds(),
        standing.dual());
  }

  private static String circuit(SourceHealth health) {
    if (health.isOpen()) {
      return "open";
    }
    return health.refusals() > 0 ? "failing" : "closed";
  }

  private static @Nullable Coverage coverage(CoverageDao.@Nullable Row row) {
    if (row == null) {
      return null;
    }
    return new Coverage(
        row.minutes(),
        row.observed(),
        row.minutes() - row.observed() - row.atRisk() - row.pending(),
        row.atRisk(),
        row.pending(),
        row.restarts(),
        row.blindSeconds(),
        row.setAside());
  }
}
