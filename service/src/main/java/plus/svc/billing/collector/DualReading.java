package plus.svc.billing.collector;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.DualReport;
import plus.svc.billing.pipeline.metering.Decisions;
import plus.svc.billing.pipeline.metering.MeterLog;
import plus.svc.billing.pipeline.metering.MeterPolicy;
import plus.svc.billing.pipeline.metering.Metering;
import plus.svc.billing.pipeline.metering.NodeState;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;
import plus.svc.billing.pipeline.snapshot.Sample;
import plus.svc.billing.pipeline.snapshot.SeriesKey;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.walk.WalkedPage;
import plus.svc.billing.platform.Micros;

/**
 * Compares what both endpoints of a source say, without writing anything: which instants each has,
 * and what each alone would have had metered. It begins at the first instant that both have, and
 * compares usage at instants that both have. Of one source, one thread at a time.
 */
final class DualReading {

  /** The window is one or two minutes behind; what waits for longer is not compared. */
  private static final int MOST_PENDING = 8;

  /** Instants without the other endpoint, or series, after which it begins anew. */
  private static final int MOST_ALONE = 5_000;

  private static final int MOST_SERIES = 200_000;

  private final MeterPolicy policy;
  private final long maxBytesPerSecond;
  private final Map<SeriesKey, Integer> ordinals = new HashMap<>();
  private final Deque<Snapshot> pending = new ArrayDeque<>();
  private Metered byLatest;
  private Metered byWindow;
  private @Nullable Instant newestLatest;
  private @Nullable Instant newestWindow;
  private @Nullable Instant since;
  private @Nullable Instant until;
  private long both;
  private long differing;
  private long onlyLatest;
  private long onlyWindow;
  private long latestBytes;
  private long windowBytes;
  private long differingMinutes;
  private long latestFailures;
  private String latestError = "";
  private int alone;

  DualReading(SourceSpec source) {
    policy = new MeterPolicy(false, Micros.of(source.billingFrom()));
    maxBytesPerSecond = source.maxBytesPerSecond();
    byLatest = new Metered(policy);
    byWindow = new Metered(policy);
  }

  DualReport report() {
    return new DualReport(
        since,
        until,
        both,
        differing,
        onlyLatest,
        onlyWindow,
        latestBytes,
        windowBytes,
        differingMinutes,
        latestFailures,
        latestError);
  }

  /** What the latest endpoint has now. */
  void latest(WalkedPage page) {
    for (Snapshot snapshot : page.snapshots()) {
      if (newestLatest == null || snapshot.collectedAt().isAfter(newestLatest)) {
        newestLatest = snapshot.collectedAt();
        pending.add(snapshot);
      }
    }
    while (pending.size() > MOST_PENDING) {
      pending.remove();
    }
  }

  /** The latest endpoint could not be read. */
  void latestFailed(String error) {
    latestFailures++;
    latestError = error;
  }

  /** What the window has, ascending; what it said before is passed over. */
  void window(List<Snapshot> snapshots) {
    for (Snapshot snapshot : snapshots) {
      if (newestWindow == null || snapshot.collectedAt().isAfter(newestWindow)) {
        newestWindow = snapshot.collectedAt();
        compare(snapshot);
      }
    }
  }

  private void compare(Snapshot window) {
    Snapshot latest = pending.peek();
    while (latest != null && latest.collectedAt().isBefore(window.collectedAt())) {
      onlyLatest(pending.remove());
      latest = pending.peek();
    }
    if (latest == null || !latest.collectedAt().equals(window.collectedAt())) {
      onlyWindow(window);
    } else {
      both(pending.remove(), window);
    }
  }

  private void onlyLatest(Snapshot latest) {
    if (since != null) {
      byLatest.apply(latest);
    }
    onlyLatest++;
  }

  private void onlyWindow(Snapshot window) {
    if (since == null) {
      return;
    }
    byWindow.apply(window);
    onlyWindow++;
    if (++alone > MOST_ALONE) {
      restart();
    }
  }

  private void both(Snapshot latest, Snapshot window) {
    alone = 0;
    byLatest.apply(latest);
    byWindow.apply(window);
    if (!latest.node().equals(window.node())
        || !latest.samples().equals(window.samples())
        || !latest.rejected().equals(window.rejected())) {
      differing++;
    }
    both++;
    since = since == null ? window.collectedAt() : since;
    until = window.collectedAt();
    latestBytes = byLatest.bytes;
    windowBytes = byWindow.bytes;
    differingMinutes += byLatest.minutesUnlike(byWindow);
    byLatest.minutes.clear();
    byWindow.minutes.clear();
    if (ordinals.size() > MOST_SERIES) {
      restart();
    }
  }

  private void restart() {
    alone = 0;
    ordinals.clear();
    byLatest = new Metered(policy);
    byWindow = new Metered(policy);
    since = null;
    until = null;
    latestBytes = 0;
    windowBytes = 0;
  }

  /** What one endpoint's snapshots come to. */
  private final class Metered {
    private final MeterPolicy policyOfNode;
    private final NodeState state = new NodeState();
    private final Map<Long, Long> minutes = new HashMap<>();
    private long bytes;

    Metered(MeterPolicy policyOfNode) {
      this.policyOfNode = policyOfNode;
    }

    void apply(Snapshot snapshot) {
      MeterLog log = new MeterLog();
      new Metering(policyOfNode, Decisions.NONE, state, log).apply(columns(snapshot));
      for (int i = 0; i < log.size(); i++) {
        long counted = Math.addExact(log.uplinkBytes(i), log.downlinkBytes(i));
        bytes = Math.addExact(bytes, counted);
        minutes.merge(log.minute(i), counted, Math::addExact);
      }
    }

    int minutesUnlike(Metered other) {
      int unlike = 0;
      for (Map.Entry<Long, Long> minute : minutes.entrySet()) {
        unlike += minute.getValue().equals(other.minutes.get(minute.getKey())) ? 0 : 1;
      }
      for (Long minute : other.minutes.keySet()) {
        unlike += minutes.containsKey(minute) ? 0 : 1;
      }
      return unlike;
    }
  }

  private NodeSnapshot columns(Snapshot snapshot) {
    List<Sample> samples =
        snapshot.samples().stream()
            .sorted(Comparator.comparingInt((Sample sample) -> ordinal(sample.series())))
            .toList();
    int[] columns = samples.stream().mapToInt(sample -> ordinal(sample.series())).toArray();
    long[] uplink = samples.stream().mapToLong(Sample::uplinkBytes).toArray();
    long[] downlink = samples.stream().mapToLong(Sample::downlinkBytes).toArray();
    Instant startedAt = snapshot.startedAt();
    return new NodeSnapshot(
        Micros.of(snapshot.collectedAt()),
        startedAt == null ? NodeSnapshot.NEVER : Micros.of(startedAt),
        maxBytesPerSecond,
        columns,
        uplink,
        downlink);
  }

  private int ordinal(SeriesKey series) {
    Integer known = ordinals.putIfAbsent(series, ordinals.size());
    return known == null ? ordinals.size() - 1 : known;
  }
}
