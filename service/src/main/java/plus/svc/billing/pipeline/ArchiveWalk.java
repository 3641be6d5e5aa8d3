package plus.svc.billing.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/**
 * The archived snapshots of a node between two instants, ascending, a chunk in memory at a time.
 */
final class ArchiveWalk {

  private final Archive archive;
  private final long until;
  private List<Archive.Entry> chunk = List.of();
  private int at;
  private long last;
  private boolean exhausted;

  /**
   * @param after microseconds, exclusive
   * @param until microseconds, inclusive
   */
  ArchiveWalk(Archive archive, long after, long until) {
    this.archive = archive;
    this.last = after;
    this.until = until;
  }

  /** The instant of the next snapshot in microseconds, null behind the last. */
  @Nullable Long peek() {
    if (at == chunk.size() && !exhausted) {
      chunk = archive.after(last);
      at = 0;
      exhausted = chunk.isEmpty();
    }
    if (exhausted) {
      return null;
    }
    long next = chunk.get(at).snapshot().atMicros();
    return next > until ? null : next;
  }

  /** Takes the next snapshot; {@link #peek} must have given its instant. */
  NodeSnapshot next() {
    return nextEntry().snapshot();
  }

  /** As {@link #next()}, with the digest it was archived with. */
  Archive.Entry nextEntry() {
    Archive.Entry entry = chunk.get(at++);
    last = entry.snapshot().atMicros();
    return entry;
  }
}
