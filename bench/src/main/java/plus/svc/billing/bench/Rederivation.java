package plus.svc.billing.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.MeterPolicy;
import plus.svc.billing.pipeline.metering.Metering;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.snapshot.Archive;

/** Derives the usage of nodes from the archive alone and compares it with their buckets. */
final class Rederivation {

  private static final MeterPolicy POLICY = new MeterPolicy(false, 0);

  private final Handle handle;

  Rederivation(Handle handle) {
    this.handle = handle;
  }

  /** Derives one node; returns how many samples were read. */
  long node(String composed) {
    int nodeKey =
        handle
            .select("SELECT node_key FROM billing.nodes WHERE composed = ?", composed)
            .mapTo(Integer.class)
            .one();
    Archive archive = new Archive(handle, nodeKey);
    MeterLog log = new MeterLog();
    NodeState state = new NodeState();
    Metering metering = new Metering(POLICY, Decisions.NONE, state, log);
    long samples = 0;
    for (List<Archive.Entry> chunk = archive.after(0);
        !chunk.isEmpty();
        chunk = archive.after(state.headAt())) {
      for (Archive.Entry entry : chunk) {
        metering.apply(entry.snapshot());
        samples += entry.snapshot().ordinals().length;
      }
    }
    compare(composed, log);
    return samples;
  }

  private void compare(String composed, MeterLog log) {
    Map<Long, Long> derived = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      derived.merge(log.minute(i), log.uplinkBytes(i) + log.downlinkBytes(i), Long::sum);
    }
    List<String> wrong = new ArrayList<>();
    Map<Long, Long> stored =
        handle
            .createQuery(
                """
                SELECT (extract(epoch FROM bucket_start) / 60)::bigint AS minute,
                       sum(total_bytes)::bigint AS bytes
                  FROM public.traffic_minute_buckets
                 WHERE node_id = :node AND source_revision <> 'grown'
                   AND bucket_start >= to_timestamp(:from)
                 GROUP BY bucket_start
                """)
            .bind("node", composed)
            .bind("from", derived.keySet().stream().min(Long::compare).orElse(0L) * 60)
            .reduceRows(
                new HashMap<>(),
                (map, row) -> {
                  map.put(row.getColumn("minute", Long.class), row.getColumn("bytes", Long.class));
                  return map;
                });
    derived.forEach(
        (minute, bytes) -> {
          if (!Objects.equals(stored.get(minute), bytes)) {
            wrong.add(minute + ": " + bytes + " derived, " + stored.get(minute) + " stored");
          }
        });
    if (!wrong.isEmpty() || derived.size() != stored.size()) {
      throw new IllegalStateException(composed + " differs from its archive: " + wrong);
    }
  }
}
