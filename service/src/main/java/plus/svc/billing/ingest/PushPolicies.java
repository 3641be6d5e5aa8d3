package plus.svc.billing.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.quantity.NodeKey;

/**
 * How a pushed node's counters are read. A node that a source is configured for is read by that
 * source's settings, so that it makes no difference whether a push or a pull is first. Any other is
 * read by one policy when it is first seen, and keeps what it has from then on.
 */
public final class PushPolicies {

  private final Supplier<List<SourceSpec>> sources;
  private final NodePolicy newNodes;
  private final Function<SourceId, Optional<Instant>> takeovers;
  private final Map<SourceSpec, NodePolicy> ofSources = new ConcurrentHashMap<>();

  /**
   * @param sources those that are configured now, enabled or not
   * @param newNodes for nodes without one
   * @param takeovers up to when an earlier writer billed what a source sends
   */
  public PushPolicies(
      Supplier<List<SourceSpec>> sources,
      NodePolicy newNodes,
      Function<SourceId, Optional<Instant>> takeovers) {
    this.sources = sources;
    this.newNodes = newNodes;
    this.takeovers = takeovers;
  }

  NodePolicy of(NodeKey node) {
    return sources.get().stream()
        .filter(source -> isOf(source, node))
        .findFirst()
        .map(source -> ofSources.computeIfAbsent(source, this::policy))
        .orElse(newNodes);
  }

  private static boolean isOf(SourceSpec source, NodeKey node) {
    return source.nodeId().equals(node.node())
        && (source.env().isEmpty() || source.env().equals(node.env()));
  }

  private NodePolicy policy(SourceSpec source) {
    Instant from =
        takeovers
            .apply(source.id())
            .filter(takenOver -> takenOver.isAfter(source.billingFrom()))
            .orElse(source.billingFrom());
    return new NodePolicy(source.firstSnapshot(), from, source.maxBytesPerSecond());
  }
}
