package plus.svc.billing.pipeline;

import java.util.List;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceId;

/**
 * One page of one source, to be taken whole or not at all.
 *
 * @param fence the lease number this writer holds for the source, 0 if it was pushed
 * @param snapshots in any order, of any nodes
 */
public record Delivery(
    SourceId source, NodePolicy policy, long fence, List<Snapshot> snapshots, Progress progress) {

  public Delivery {
    snapshots = List.copyOf(snapshots);
  }
}
