package plus.svc.billing.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/** What exporters still tell of their nodes. */
interface Exporters {

  /** Nobody is asked: the archive alone is looked at. */
  Exporters NONE = (nodes, from, until) -> Map.of();

  /** A snapshot as an exporter tells it now. */
  @SuppressWarnings("ArrayRecordComponent") // compared with Arrays.equals
  record Told(NodeSnapshot snapshot, byte[] digest, String source) {
    boolean isSame(byte[] other) {
      return Arrays.equals(digest, other);
    }
  }

  /** By node, and by instant, what is told of a stretch of time; never more than an hour. */
  Map<Integer, NavigableMap<Long, Told>> fetch(
      List<AuditedNode> nodes, Instant from, Instant until);
}
