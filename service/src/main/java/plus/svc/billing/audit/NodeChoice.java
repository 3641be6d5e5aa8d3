package plus.svc.billing.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.quantity.NodeKey;

/** Which nodes are looked at, and whose they are. */
final class NodeChoice {

  private final AuditRequest request;
  private final Map<NodeKey, SourceSpec> byNode = new HashMap<>();
  private final Map<String, SourceSpec> byId = new HashMap<>();

  NodeChoice(AuditRequest request, List<SourceSpec> sources) {
    this.request = request;
    for (SourceSpec source : sources) {
      byId.put(source.id().value(), source);
      if (!source.nodeId().isEmpty()) {
        byNode.put(new NodeKey(source.env(), source.nodeId()), source);
      }
    }
  }

  /**
   * A node that is looked at.
   *
   * @param source the source that is configured for it, else whoever sent its newest snapshot
   * @param spec null if it is pushed, or its source is gone
   */
  record Chosen(String source, @Nullable SourceSpec spec) {}

  @Nullable Chosen of(EvidenceDao.NodeRow row) {
    @Nullable SourceSpec spec = byNode.get(new NodeKey(row.env(), row.node()));
    String sender = row.source() == null ? "" : row.source();
    if (spec == null) {
      spec = byId.get(sender);
    }
    String source = spec == null ? sender : spec.id().value();
    boolean wanted =
        request.isOfEverything()
            || request.sources().contains(source)
            || request.nodes().contains(row.composed());
    return wanted ? new Chosen(source, spec) : null;
  }
}
