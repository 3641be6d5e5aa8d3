package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.Archive;
import plus.svc.billing.pipeline.snapshot.SeriesDictionary;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.platform.Micros;

/**
 * Brings the archive of one node up to what its exporter says: adds what is missing, merges what
 * was told with more, and restores what is no more as it was archived, where the exporter still
 * tells just that.
 */
final class ArchiveRepair {

  /** No snapshot of the archive was added or changed. */
  static final long NOTHING = Long.MAX_VALUE;

  private final Handle handle;
  private final NodeStore.Node node;
  private final MendOrder order;
  private final SeriesDictionary dictionary;
  private final NodeColumns columns;
  private final NodeFindings findings;
  private final Instant now;
  private final Consumer<Mended.Note> untold;
  private final Archive archive;
  private final List<Snapshot> changes = new ArrayList<>();
  private int missing;
  private int samples;
  private int restored;
  private int widened;

  ArchiveRepair(
      Handle handle,
      NodeStore.Node node,
      MendOrder order,
      SeriesDictionary dictionary,
      NodeColumns columns,
      NodeFindings findings,
      Instant now,
      Consumer<Mended.Note> untold) {
    this.handle = handle;
    this.node = node;
    this.order = order;
    this.dictionary = dictionary;
    this.columns = columns;
    this.findings = findings;
    this.now = now;
    this.untold = untold;
    this.archive = new Archive(handle, node.nodeKey());
  }

  /**
   * Takes snapshots in.
   *
   * @param policy how their source is read; null if there are none
   * @return the instant of the earliest change in microseconds, {@link #NOTHING} if there is none
   */
  long add(List<Snapshot> snapshots, @Nullable NodePolicy policy) {
    if (snapshots.isEmpty() || policy == null) {
      return NOTHING;
    }
    dictionary.intern(handle, snapshots);
    Map<Long, List<Snapshot>> sent = new TreeMap<>();
    snapshots.forEach(
        snapshot ->
            sent.computeIfAbsent(Micros.of(snapshot.collectedAt()), at -> new ArrayList<>(1))
                .add(snapshot));
    Map<Long, Archive.Entry> known = archive.at(List.copyOf(sent.keySet()));
    List<Archive.Accepted> fresh = new ArrayList<>();
    long earliest = NOTHING;
    for (Map.Entry<Long, List<Snapshot>> told : sent.entrySet()) {
      if (take(told.getKey(), told.getValue(), known.get(told.getKey()), policy, fresh)) {
        earliest = Math.min(earliest, told.getKey());
        changes.addAll(told.getValue());
      }
    }
    Archive.insert(handle, now, fresh);
    return earliest;
  }

  private boolean take(
      long at,
      List<Snapshot> sent,
      Archive.@Nullable Entry known,
      NodePolicy policy,
      List<Archive.Accepted> fresh) {
    Archive.@Nullable Entry together = null;
    for (Snapshot snapshot : sent) {
      Archive.Entry entry = columns.entry(snapshot, policy.maxBytesPerSecond());
      together = together == null ? entry : columns.merged(together, entry);
    }
    if (together == null) {
      return false;
    }
    if (known == null) {
      if (node.archiveFrom() != null && at < Micros.of(node.archiveFrom())) {
        return false; // told as a whole: that time is pruned
      }
      sent.forEach(findings::rejected);
      fresh.add(new Archive.Accepted(node.nodeKey(), source(), together));
      missing++;
      samples += together.snapshot().ordinals().length;
      return true;
    }
    return columns.isIntact(known)
        ? widen(at, sent, known, together)
        : restore(at, known, together);
  }

  private boolean widen(long at, List<Snapshot> sent, Archive.Entry known, Archive.Entry together) {
    Archive.Entry both = columns.merged(known, together);
    if (known.covers(both)) {
      return false;
    }
    sent.forEach(findings::rejected);
    if (!Arrays.equals(known.digest(), together.digest())) {
      archive.noteConflict(at, known.digest(), together.digest(), both.digest(), source(), now);
    }
    archive.replace(both);
    widened++;
    return true;
  }

  private boolean restore(long at, Archive.Entry known, Archive.Entry together) {
    if (!Arrays.equals(known.digest(), together.digest())) {
      untold.accept(
          Mended.Note.of(
              "snapshot",
              Micros.toInstant(at),
              "the archived snapshot was changed, and the exporter tells another than was archived"));
      return false;
    }
    archive.replace(together);
    restored++;
    return true;
  }

  private String source() {
    String source = order.source();
    return source == null ? "" : source;
  }

  /** What was taken in so far was told before. */
  void forgetCounts() {
    changes.clear();
    missing = 0;
    samples = 0;
    restored = 0;
    widened = 0;
  }

  /** The snapshots that changed the archive. */
  List<Snapshot> changes() {
    return changes;
  }

  int missing() {
    return missing;
  }

  int samples() {
    return samples;
  }

  int restored() {
    return restored;
  }

  int widened() {
    return widened;
  }
}
