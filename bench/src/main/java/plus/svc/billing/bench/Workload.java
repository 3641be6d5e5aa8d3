package plus.svc.billing.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * Nodes with accounts of their own, every one of which moves bytes in every minute. Deterministic.
 *
 * @param origin the instant of minute 0
 */
record Workload(int nodes, int accountsPerNode, Instant origin) {

  NodeKey node(int node) {
    return new NodeKey("prod", String.format(Locale.ROOT, "node-%03d", node));
  }

  UUID account(int node, int account) {
    String name = "bench|" + node + "|" + account;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  Instant at(int minute) {
    return origin.plusSeconds(60L * minute);
  }

  long samples(int minutes) {
    return (long) nodes * accountsPerNode * minutes;
  }

  /** The node's series in the order of snapshots. */
  List<SeriesKey> series(int node) {
    List<SeriesKey> series = new ArrayList<>(accountsPerNode);
    for (int account = 0; account < accountsPerNode; account++) {
      series.add(new SeriesKey(account(node, account).toString(), "vless-in"));
    }
    series.sort(null);
    return series;
  }

  /** An account's counter of uplink bytes. */
  static long uplink(int node, int account, int moved) {
    return 1_000_000 + moved * rate(node, account);
  }

  /** An account's counter of downlink bytes. */
  static long downlink(int node, int account, int moved) {
    return 3_000_000 + moved * (rate(node, account) * 7 + 3);
  }

  private static long rate(int node, int account) {
    return 40_000 + (node * 7919L + account * 104_729L) % 900_000;
  }

  /** A snapshot of a busy minute. */
  Snapshot snapshot(int node, List<SeriesKey> series, int minute) {
    List<Sample> samples = new ArrayList<>(series.size());
    for (int i = 0; i < series.size(); i++) {
      samples.add(new Sample(series.get(i), uplink(node, i, minute), downlink(node, i, minute)));
    }
    return new Snapshot(node(node), at(minute), null, samples, List.of());
  }
}
