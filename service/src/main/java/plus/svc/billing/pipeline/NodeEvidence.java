package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.platform.Micros;

/** From what a node's facts can be derived once more, for whoever explains them. Reads only. */
public final class NodeEvidence {

  private NodeEvidence() {}

  /** The newest state kept strictly before an instant. */
  public static Optional<NodeState> keptBefore(Handle handle, int nodeKey, Instant instant) {
    return new NodeStore(handle).keptBefore(nodeKey, Micros.of(instant));
  }

  /** What persons decided about samples of the node. */
  public static Decisions decisions(Handle handle, int nodeKey) {
    return NodeFindings.decisions(handle, List.of(nodeKey)).getOrDefault(nodeKey, Decisions.NONE);
  }
}
