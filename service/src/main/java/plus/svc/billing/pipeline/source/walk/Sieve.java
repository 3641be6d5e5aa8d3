package plus.svc.billing.pipeline.source.walk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.RejectedSnapshot;
import plus.svc.billing.pipeline.source.page.WindowPage;

/** Keeps of a page what the expected node sent of the wanted time, and counts the rest. */
final class Sieve {

  private final SourceSpec source;
  private final Predicate<Instant> wanted;

  Sieve(SourceSpec source, Predicate<Instant> wanted) {
    this.source = source;
    this.wanted = wanted;
  }

  WalkedPage sift(WindowPage page, @Nullable String cursor) {
    List<Snapshot> kept = new ArrayList<>(page.snapshots().size());
    int foreign = isExpected(page.env(), page.nodeId()) ? 0 : 1;
    int outside = 0;
    for (Snapshot snapshot : page.snapshots()) {
      if (!isExpected(snapshot.node().env(), snapshot.node().node())) {
        foreign++;
      } else if (!wanted.test(snapshot.collectedAt())) {
        outside++;
      } else {
        kept.add(snapshot);
      }
    }
    kept.sort(Comparator.comparing(Snapshot::collectedAt));
    List<RejectedSnapshot> unusable = page.rejected();
    return new WalkedPage(
        kept,
        cursor,
        new Findings(
            foreign,
            outside,
            unusable.size(),
            unusable.isEmpty() ? null : unusable.get(0).reason()));
  }

  /** Blank is not checked, neither what we expect nor what a page's head says. */
  private boolean isExpected(String env, String node) {
    boolean nodeFits =
        source.nodeId().isEmpty() || node.isBlank() || node.strip().equals(source.nodeId());
    boolean envFits = source.env().isEmpty() || env.isBlank() || env.strip().equals(source.env());
    return nodeFits && envFits;
  }
}
