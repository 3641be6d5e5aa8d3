package plus.svc.billing.pipeline.metering;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/**
 * What changes when a node's archive changes: meters the old and the new snapshots side by side
 * from one state before both, and keeps only the differences. Once both runs are in the same state
 * with nothing changed ahead, whatever follows is metered alike and the walk may stop.
 */
public final class Remetering {

  /** Names one series in one minute. */
  public record Slot(long minute, int ordinal) {}

  /** Bytes to add to a slot; either may be negative. */
  public record Difference(long uplinkBytes, long downlinkBytes) {}

  private final NodeState before;
  private final NodeState after;
  private final MeterLog oldLog = new MeterLog();
  private final MeterLog newLog = new MeterLog();
  private final Metering oldRun;
  private final Metering newRun;
  private final Map<Slot, Difference> differences = new HashMap<>();

  public Remetering(
      MeterPolicy policy, Decisions oldDecisions, Decisions newDecisions, NodeState base) {
    this.before = base.copy();
    this.after = base.copy();
    this.oldRun = new Metering(policy, oldDecisions, before, oldLog);
    this.newRun = new Metering(policy, newDecisions, after, newLog);
  }

  /** Takes the next instant: what the archive held for it, and what it holds now. */
  public void step(@Nullable NodeSnapshot was, @Nullable NodeSnapshot is) {
    if (was != null) {
      oldRun.apply(was);
    }
    if (is != null) {
      newRun.apply(is);
    }
    drain(oldLog, -1);
    drain(newLog, 1);
  }

  private void drain(MeterLog log, int sign) {
    for (int i = 0; i < log.size(); i++) {
      add(log, i, sign);
    }
    log.clearUsage();
  }

  private void add(MeterLog log, int i, int sign) {
    Difference more = new Difference(sign * log.uplinkBytes(i), sign * log.downlinkBytes(i));
    differences.merge(
        new Slot(log.minute(i), log.ordinal(i)),
        more,
        (a, b) ->
            new Difference(
                Math.addExact(a.uplinkBytes(), b.uplinkBytes()),
                Math.addExact(a.downlinkBytes(), b.downlinkBytes())));
  }

  /** Whether both runs stand in the same state. */
  public boolean converged() {
    return before.sameAs(after);
  }

  /** The state after the new snapshots. */
  public NodeState state() {
    return after;
  }

  /** What the old walk had found aside from usage; to be taken back. */
  public MeterLog oldFindings() {
    return oldLog;
  }

  /** What the new walk found aside from usage. */
  public MeterLog newFindings() {
    return newLog;
  }

  /** The bytes to add, slot by slot, none of them zero. */
  public Map<Slot, Difference> differences() {
    for (Iterator<Difference> i = differences.values().iterator(); i.hasNext(); ) {
      Difference difference = i.next();
      if (difference.uplinkBytes() == 0 && difference.downlinkBytes() == 0) {
        i.remove();
      }
    }
    return differences;
  }
}
