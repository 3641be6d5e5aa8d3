package plus.svc.billing.pipeline.source.walk;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Snapshot;

/**
 * The usable part of one page.
 *
 * @param snapshots of the expected node, within the window, ascending by instant
 * @param cursor where the window goes on, null if it is read out
 */
public record WalkedPage(List<Snapshot> snapshots, @Nullable String cursor, Findings findings) {

  public WalkedPage {
    snapshots = List.copyOf(snapshots);
  }
}
