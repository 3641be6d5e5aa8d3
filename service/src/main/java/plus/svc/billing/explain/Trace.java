package plus.svc.billing.explain;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.report.Report;
import plus.svc.billing.api.report.Verdict;
import plus.svc.billing.explain.ExplainDao.ReasonRow;
import plus.svc.billing.explain.ExplainDao.SeriesRow;
import plus.svc.billing.quantity.Minutes;

/** From a snapshot forward to what it wrote: buckets, ledger rows, what was set aside. */
public final class Trace {

  private final Jdbi jdbi;

  public Trace(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Tells what became of a snapshot.
   *
   * @param node a node's name, composed ({@code env:node}) or plain
   * @param env its environment, '' if the name says enough
   * @param at an instant within the second in which it was collected
   */
  public void snapshot(String node, String env, Instant at, Report report) {
    Found found =
        jdbi.inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ, handle -> find(handle, node, env, at));
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    if (found.problem() != null) {
      summary.put("problem", found.problem());
      report.end(summary, Verdict.REFUSED);
      return;
    }
    write(found, summary, report);
  }

  /** What was found; {@code problem} says why nothing was. */
  private record Found(
      @Nullable String problem,
      String node,
      List<Judged> samples,
      Map<Integer, SeriesRow> series,
      Map<String, BucketRow> buckets,
      List<ReasonRow> refused,
      long conflicts) {

    static Found nothing(String problem) {
      return new Found(problem, "", List.of(), Map.of(), Map.of(), List.of(), 0);
    }
  }

  private static Found find(Handle handle, String name, String env, Instant at) {
    ExplainDao dao = handle.attach(ExplainDao.class);
    List<NodeRow> nodes = dao.nodes(name, env);
    if (nodes.isEmpty()) {
      return Found.nothing("there is no such node; give it as env:node");
    }
    NodeRow node = nodes.get(0);
    if (nodes.size() > 1 && !node.composed().equals(name)) {
      return Found.nothing("several environments have such a node; give it as env:node");
    }
    if (node.prunedAt(at)) {
      return Found.nothing("the evidence is pruned: the archive begins at " + node.archiveFrom());
    }
    List<Judged> samples =
        new Derivation(handle, node, ordinal -> true).between(at, at.plusSeconds(1));
    if (samples.isEmpty()) {
      return Found.nothing(
          "no snapshot with samples was collected then; next to it are "
              + dao.neighbours(node.nodeKey(), at).stream()
                  .map(Instant::toString)
                  .collect(Collectors.joining(" and ")));
    }
    Instant collected = samples.get(0).snapshot().at();
    Map<Integer, SeriesRow> series = new HashMap<>();
    dao.series(node.nodeKey()).forEach(row -> series.put(row.ordinal(), row));
    Map<String, BucketRow> buckets = new HashMap<>();
    for (BucketRow bucket :
        dao.bucketsOfNode(node.composed(), Minutes.start(Minutes.floor(collected)))) {
      buckets.put(bucket.accountUuid() + "|" + bucket.lineCode(), bucket);
    }
    return new Found(
        null,
        node.composed(),
        samples.stream().filter(sample -> sample.snapshot().at().equals(collected)).toList(),
        series,
        buckets,
        dao.refused(node.nodeKey(), collected),
        dao.conflicts(node.nodeKey(), collected));
  }

  private static void write(Found found, Map<String, @Nullable Object> summary, Report report) {
    SnapshotRow snapshot = found.samples().get(0).snapshot();
    report.section(
        "snapshot",
        "node",
        "collected_at",
        "source",
        "arrived_at",
        "samples",
        "digest",
        "other_tellings");
    report.row(
        found.node(),
        snapshot.at(),
        snapshot.source(),
        snapshot.receivedAt(),
        snapshot.snapshot().ordinals().length,
        snapshot.digest(),
        found.conflicts());
    report.section(
        "samples",
        "account",
        "line",
        "uplink",
        "downlink",
        "counted_uplink",
        "counted_downlink",
        "how",
        "bucket_bytes",
        "bucket_amount",
        "ledger");
    long counted = 0;
    long unattributed = 0;
    for (Judged sample : found.samples()) {
      SeriesRow series = found.series().get(sample.ordinal());
      @Nullable UUID account = series == null ? null : series.accountUuid();
      String line = series == null ? "" : series.inboundTag();
      @Nullable BucketRow bucket =
          account == null ? null : found.buckets().get(account + "|" + line);
      report.row(
          account == null ? "no known account" : account,
          line,
          sample.uplink(),
          sample.downlink(),
          sample.countedUplink(),
          sample.countedDownlink(),
          sample.how(),
          bucket == null ? null : bucket.totalBytes(),
          bucket == null ? null : bucket.amount(),
          bucket == null ? null : bucket.ledgerIds());
      counted += sample.counted();
      unattributed += account == null ? sample.counted() : 0;
    }
    if (!found.refused().isEmpty()) {
      report.section("refused_samples", "reason", "samples");
      found.refused().forEach(row -> report.row(row.reason(), row.samples()));
    }
    summary.put("minute", Minutes.start(Minutes.floor(snapshot.at())));
    summary.put("counted_bytes", counted);
    summary.put("bytes_without_account", unattributed);
    report.end(summary, Verdict.CLEAN);
  }
}
