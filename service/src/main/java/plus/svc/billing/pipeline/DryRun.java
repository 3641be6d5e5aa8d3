package plus.svc.billing.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.quantity.NodeKey;

/**
 * What the earlier transactions of a dry run would have changed. Each is rolled back, and the next
 * does it again where it matters: so a dry run tells what an applied one does. One thread.
 */
public final class DryRun {

  /** Beyond this a dry run would need too much memory. */
  static final int MOST_SAMPLES = 2_000_000;

  private static final int MOST_MENDS = 200_000;

  private final List<List<BucketMend>> pages = new ArrayList<>();
  private final List<Snapshot> fetched = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private final Map<String, long[]> nobodys = new HashMap<>();
  private final Map<String, Map<Long, NodeState>> kept = new HashMap<>();
  private final Map<NodeKey, NodePolicy> policies = new HashMap<>();
  private long samples;
  private long mends;

  void page(List<BucketMend> page) {
    if (!page.isEmpty()) {
      mends += page.size();
      check(mends <= MOST_MENDS, "differences");
      pages.add(page);
    }
  }

  void fetched(List<Snapshot> snapshots, @Nullable NodePolicy policy) {
    for (Snapshot snapshot : snapshots) {
      if (policy != null) {
        policies.put(snapshot.node(), policy);
      }
      samples += snapshot.samples().size();
    }
    check(samples <= MOST_SAMPLES, "samples that the archive lacks");
    fetched.addAll(snapshots);
  }

  private static void check(boolean fits, String what) {
    if (!fits) {
      throw new IllegalArgumentException(
          "too many " + what + " for one dry run: ask for a shorter time, or one node");
    }
  }

  /** Whether a note was not told before. */
  boolean isNew(String node, Mended.Note note) {
    return note.what().equals("unattributed") || told.add(node + " " + note);
  }

  /** The states of a node that would be kept by now, by their instants. */
  Map<Long, NodeState> keptOf(String node) {
    return kept.computeIfAbsent(node, name -> new HashMap<>());
  }

  /** Bytes of a series and minute without an account that would be noted by now. */
  long[] nobodys(String slot) {
    return nobodys.getOrDefault(slot, new long[2]).clone();
  }

  void nobody(String slot, long[] more) {
    long[] sums = nobodys.computeIfAbsent(slot, name -> new long[2]);
    sums[0] = Math.addExact(sums[0], more[0]);
    sums[1] = Math.addExact(sums[1], more[1]);
  }

  /** Snapshots of the node that would be in the archive by now. */
  List<Snapshot> fetchedOf(NodeKey node) {
    return fetched.stream().filter(snapshot -> snapshot.node().equals(node)).toList();
  }

  /** How the source is read that brought them. */
  @Nullable NodePolicy policyOf(NodeKey node) {
    return policies.get(node);
  }

  /** Accounts whose buckets on the node would be mended by now. */
  Set<UUID> accountsOf(String composed) {
    Set<UUID> accounts = new HashSet<>();
    pages.forEach(
        page ->
            page.stream()
                .filter(mend -> mend.node().equals(composed))
                .forEach(mend -> accounts.add(mend.account())));
    return accounts;
  }

  /** What would have been mended of these accounts, transaction by transaction. */
  List<List<BucketMend>> of(Set<UUID> accounts) {
    return pages.stream()
        .map(page -> page.stream().filter(mend -> accounts.contains(mend.account())).toList())
        .filter(page -> !page.isEmpty())
        .toList();
  }
}
