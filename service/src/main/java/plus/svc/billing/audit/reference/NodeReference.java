package plus.svc.billing.audit.reference;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.Decision;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/** Reads a node's counters in the order of their instants. */
public final class NodeReference {

  private static final long SECOND = 1_000_000L;
  private static final long JITTER_OF_EPOCHS = 5 * SECOND;
  private static final long LAG_OF_STAMPS = 60 * SECOND;

  private final ReadingRules rules;
  private final List<Counter> counters = new ArrayList<>();
  private long firstAt = Counter.NEVER;
  private long headAt = Counter.NEVER;
  private long startedAt = Counter.NEVER;

  /** A node that was never read. */
  public NodeReference(ReadingRules rules) {
    this.rules = rules;
  }

  /** A node as it was kept; instants in microseconds or {@link Counter#NEVER}. */
  public static NodeReference at(
      ReadingRules rules, long firstAt, long headAt, long startedAt, List<Counter> kept) {
    NodeReference node = new NodeReference(rules);
    node.firstAt = firstAt;
    node.headAt = headAt;
    node.startedAt = startedAt;
    node.counters.addAll(kept);
    return node;
  }

  /** The instant of the first reading ever. */
  public long firstAt() {
    return firstAt;
  }

  /** The instant of the newest reading. */
  public long headAt() {
    return headAt;
  }

  /** When the counting process started, as far as known. */
  public long startedAt() {
    return startedAt;
  }

  /** How many series there are. */
  public int size() {
    return counters.size();
  }

  /** What is known of a series; nothing of one that was never seen. */
  public Counter counter(int series) {
    while (counters.size() <= series) {
      counters.add(new Counter());
    }
    return counters.get(series);
  }

  /** Takes the next reading. */
  public void read(NodeSnapshot reading, Outcome outcome) {
    if (reading.atMicros() <= headAt) {
      throw new IllegalArgumentException("a reading that is not newer than the one before");
    }
    boolean history = reading.atMicros() <= rules.billingFromMicros();
    boolean first = headAt == Counter.NEVER;
    @Nullable Boolean sameProcess = first ? null : sameProcess(reading.startedAtMicros());
    if (Boolean.FALSE.equals(sameProcess)) {
      int restarted = 0;
      for (Counter counter : counters) {
        int before = counter.restarts;
        counter.beginAtZero(reading.atMicros());
        restarted += counter.restarts - before;
      }
      if (!history) {
        outcome.restart(new Outcome.Restart(reading.atMicros(), headAt, true, restarted, 0));
      }
    }
    if (first && !rules.countFirst()) {
      for (int i = 0; i < reading.ordinals().length; i++) {
        remember(reading, i);
      }
    } else {
      new Judgement(reading, history, first, sameProcess != null).run(outcome);
    }
    if (first) {
      firstAt = reading.atMicros();
    }
    if (reading.startedAtMicros() != Counter.NEVER && !Boolean.TRUE.equals(sameProcess)) {
      startedAt = reading.startedAtMicros();
    }
    headAt = reading.atMicros();
  }

  /** Whether the epoch says that the process is the one before; null if it says nothing. */
  private @Nullable Boolean sameProcess(long started) {
    if (started == Counter.NEVER) {
      return null;
    }
    if (startedAt != Counter.NEVER && Math.abs(started - startedAt) <= JITTER_OF_EPOCHS) {
      return true;
    }
    long earliest = startedAt == Counter.NEVER ? headAt : headAt - LAG_OF_STAMPS;
    return started > earliest ? false : null;
  }

  private void remember(NodeSnapshot reading, int i) {
    Counter counter = counter(reading.ordinals()[i]);
    counter.held = false;
    counter.see(reading.atMicros(), reading.uplink()[i], reading.downlink()[i]);
  }

  private enum Fate {
    HISTORY,
    DIFFERENCE,
    FROM_ZERO,
    RESTARTED,
    FELL,
    TOO_FAST;

    boolean counts() {
      return this == DIFFERENCE || this == FROM_ZERO || this == RESTARTED;
    }
  }

  /** What becomes of the samples of one reading. */
  private final class Judgement {
    private final NodeSnapshot reading;
    private final boolean history;
    private final boolean first;
    private final boolean epochKnown;
    private final int size;
    private final Fate[] fates;

    Judgement(NodeSnapshot reading, boolean history, boolean first, boolean epochKnown) {
      this.reading = reading;
      this.history = history;
      this.first = first;
      this.epochKnown = epochKnown;
      this.size = reading.ordinals().length;
      this.fates = new Fate[size];
    }

    private Counter of(int i) {
      return counter(reading.ordinals()[i]);
    }

    private @Nullable Decision decided(int i) {
      return rules.decided(reading.ordinals()[i], reading.atMicros());
    }

    void run(Outcome outcome) {
      long unchangedSince = -2;
      for (int i = 0; i < size; i++) {
        fates[i] = natural(i);
        if (fates[i] == Fate.FELL && fellOnlyNow(i) && !epochKnown && decided(i) == null) {
          if (unchangedSince == -2) {
            unchangedSince = unchangedSince();
          }
          fates[i] = unchangedSince <= of(i).seenAt ? Fate.FELL : Fate.RESTARTED;
        }
        decide(i);
        if (history && fates[i] == Fate.FELL) {
          fates[i] = Fate.HISTORY;
        }
      }
      if (!history && !first) {
        holdWhatIsTooFast();
      }
      noteRestart(outcome);
      for (int i = 0; i < size; i++) {
        settle(i, outcome);
      }
    }

    private Fate natural(int i) {
      Counter counter = of(i);
      if (!counter.wasSeen()) {
        return Fate.FROM_ZERO;
      }
      return isBelowAccepted(i) ? Fate.FELL : Fate.DIFFERENCE;
    }

    private boolean isBelowAccepted(int i) {
      Counter counter = of(i);
      return reading.uplink()[i] < counter.acceptedUplink()
          || reading.downlink()[i] < counter.acceptedDownlink();
    }

    /** Else it fell before, was set aside then, and has only risen since. */
    private boolean fellOnlyNow(int i) {
      Counter counter = of(i);
      return reading.uplink()[i] < counter.uplink || reading.downlink()[i] < counter.downlink;
    }

    /** Since when some counter above zero stood still: so long the process runs. */
    private long unchangedSince() {
      long since = Long.MAX_VALUE;
      for (int i = 0; i < size; i++) {
        Counter counter = of(i);
        if (!counter.wasSeen()) {
          continue;
        }
        if (counter.uplink != 0 && counter.uplink == reading.uplink()[i]) {
          since = Math.min(since, counter.uplinkSince);
        }
        if (counter.downlink != 0 && counter.downlink == reading.downlink()[i]) {
          since = Math.min(since, counter.downlinkSince);
        }
      }
      return since;
    }

    private void decide(int i) {
      @Nullable Decision decision = decided(i);
      if (decision == Decision.BASELINE) {
        fates[i] = Fate.HISTORY;
      } else if (decision == Decision.RESTART
          || (decision == Decision.ACCEPT && fates[i] == Fate.FELL)) {
        fates[i] = Fate.RESTARTED;
      }
    }

    private void holdWhatIsTooFast() {
      BigInteger most = BigInteger.valueOf(reading.maxBytesPerSecond());
      BigInteger together = BigInteger.ZERO;
      for (int i = 0; i < size; i++) {
        if (!fates[i].counts() || decided(i) != null) {
          continue;
        }
        long bytes = counted(i, true) + counted(i, false);
        if (bytes == 0) {
          continue;
        }
        BigInteger rate = rate(i, bytes);
        if (rate.compareTo(most) > 0) {
          fates[i] = Fate.TOO_FAST;
        } else {
          together = together.add(rate);
        }
      }
      if (together.compareTo(most) <= 0) {
        return;
      }
      for (int i = 0; i < size; i++) {
        boolean more = fates[i].counts() && counted(i, true) + counted(i, false) != 0;
        if (more && decided(i) == null) {
          fates[i] = Fate.TOO_FAST;
        }
      }
    }

    /** Whole bytes a second since the series, or else the node, was seen. */
    private BigInteger rate(int i, long bytes) {
      long from = of(i).wasSeen() ? of(i).seenAt : headAt;
      long micros = Math.max(reading.atMicros() - from, SECOND);
      return BigInteger.valueOf(bytes)
          .multiply(BigInteger.valueOf(SECOND))
          .divide(BigInteger.valueOf(micros));
    }

    private long counted(int i, boolean up) {
      long now = up ? reading.uplink()[i] : reading.downlink()[i];
      if (fates[i] != Fate.DIFFERENCE) {
        return now;
      }
      return now - (up ? of(i).acceptedUplink() : of(i).acceptedDownlink());
    }

    private void noteRestart(Outcome outcome) {
      int restarted = 0;
      for (Fate fate : fates) {
        restarted += fate == Fate.RESTARTED ? 1 : 0;
      }
      if (restarted == 0 || history) {
        return;
      }
      BigInteger hidden = BigInteger.ZERO;
      for (Counter counter : counters) {
        hidden = hidden.add(BigInteger.valueOf(counter.uplink));
        hidden = hidden.add(BigInteger.valueOf(counter.downlink));
      }
      for (int i = 0; i < size; i++) {
        if (fates[i] == Fate.RESTARTED) {
          hidden = hidden.subtract(BigInteger.valueOf(of(i).uplink));
          hidden = hidden.subtract(BigInteger.valueOf(of(i).downlink));
        }
      }
      long most = hidden.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
      outcome.restart(new Outcome.Restart(reading.atMicros(), headAt, false, restarted, most));
    }

    private void settle(int i, Outcome outcome) {
      Counter counter = of(i);
      Fate fate = fates[i];
      if (fate == Fate.FELL || fate == Fate.TOO_FAST) {
        hold(i, fate, counter, outcome);
        return;
      }
      if (fate.counts() && !history) {
        long up = counted(i, true);
        long down = counted(i, false);
        if (up != 0 || down != 0) {
          long minute = Math.floorDiv(reading.atMicros(), 60 * SECOND);
          outcome.usage(reading.ordinals()[i], minute, up, down);
        }
      }
      if (fate == Fate.RESTARTED) {
        counter.restarts++;
      }
      remember(reading, i);
    }

    private void hold(int i, Fate fate, Counter counter, Outcome outcome) {
      long up = reading.uplink()[i];
      long down = reading.downlink()[i];
      long known = isBelowAccepted(i) ? 0 : counter.acceptedUplink() + counter.acceptedDownlink();
      outcome.aside(
          new Outcome.Aside(
              reading.atMicros(),
              reading.ordinals()[i],
              fate == Fate.FELL,
              fate == Fate.FELL && fellOnlyNow(i),
              up,
              down,
              up + down - known));
      counter.holdWhatIsAccepted();
      counter.see(reading.atMicros(), up, down);
    }
  }
}
