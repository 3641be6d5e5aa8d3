package plus.svc.billing.emulator.window;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a window.
 *
 * @param nextCursor given exactly when more follows
 */
record Page(String nodeId, String env, List<SnapshotRow> snapshots, @Nullable String nextCursor) {
  boolean hasMore() {
    return nextCursor != null;
  }
}
