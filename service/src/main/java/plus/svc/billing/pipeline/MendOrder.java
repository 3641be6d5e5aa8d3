package plus.svc.billing.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * A stretch of a node's time whose facts are to be derived anew and held against what is written.
 *
 * @param fromMinute first epoch minute, {@code untilMinute} the first behind it
 * @param fetched what an exporter says of that time; empty if the archive alone is the evidence
 * @param source whose exporter it was, and {@code policy} how its counters are read; null without
 */
public record MendOrder(
    NodeKey node,
    long fromMinute,
    long untilMinute,
    List<Snapshot> fetched,
    @Nullable String source,
    @Nullable NodePolicy policy) {

  public MendOrder {
    fetched = List.copyOf(fetched);
    if (fromMinute > untilMinute) {
      throw new IllegalArgumentException("from minute " + fromMinute + " until " + untilMinute);
    }
  }

  /** Judged by the archive alone. */
  public MendOrder(NodeKey node, long fromMinute, long untilMinute) {
    this(node, fromMinute, untilMinute, List.of(), null, null);
  }
}
