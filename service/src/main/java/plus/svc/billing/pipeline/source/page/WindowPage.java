package plus.svc.billing.pipeline.source.page;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * One page of {@code /v1/snapshots/window}, as sent: neither its identity nor its paging is checked
 * yet.
 *
 * @param nodeId of the page's head, '' if none; an empty page of some exporters has none
 * @param env likewise
 * @param snapshots in the order sent
 * @param rejected what could not be placed
 * @param nextCursor opaque, null if none was sent
 */
public record WindowPage(
    String nodeId,
    String env,
    List<Snapshot> snapshots,
    List<RejectedSnapshot> rejected,
    boolean hasMore,
    @Nullable String nextCursor) {

  /** Nothing was sent. */
  public static final WindowPage EMPTY = new WindowPage("", "", List.of(), List.of(), false, null);

  public WindowPage {
    snapshots = List.copyOf(snapshots);
    rejected = List.copyOf(rejected);
  }

  /** Whether the source sent no snapshot at all. */
  public boolean isEmpty() {
    return snapshots.isEmpty() && rejected.isEmpty();
  }
}
