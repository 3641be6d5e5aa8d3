package plus.svc.billing.pipeline.metering;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/**
 * Turns the ordered snapshots of one node into usage. The rules are those of the design, section 3:
 *
 * <ul>
 *   <li>A node's first snapshot is a baseline, or counts whole, by policy; a series first seen
 *       later began at zero.
 *   <li>Another epoch: every counter of the node began at zero. Same epoch and a counter fell: the
 *       sample is set aside.
 *   <li>No epoch and a counter fell: if another non-zero counter held its value all the while, the
 *       process did not restart and the sample is set aside; else that series restarted and both
 *       directions count from zero.
 *   <li>A series that was set aside stays so while its counters only rise and are below the ones
 *       accepted last: it did not fall again, so it did not restart since.
 *   <li>A rise beyond the rate that came with the snapshot is set aside; the accepted counters stay
 *       what they were.
 * </ul>
 */
public final class Metering {

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_MINUTE = 60L * MICROS_PER_SECOND;

  /** An epoch calculated from an uptime in whole seconds jitters by so much. */
  private static final long EPOCH_JITTER_MICROS = 5L * MICROS_PER_SECOND;

  /** Exporters that stamp whole minutes read the counters up to so much later. */
  private static final long STAMP_LAG_MICROS = MICROS_PER_MINUTE;

  private final MeterPolicy policy;
  private final Decisions decisions;
  private final NodeState state;
  private final MeterLog log;

  /** Meters onto the given state, which it changes, and into the given log. */
  public Metering(MeterPolicy policy, Decisions decisions, NodeState state, MeterLog log) {
    this.policy = policy;
    this.decisions = decisions;
    this.state = state;
    this.log = log;
  }

  /** Takes the next snapshot; it must be newer than the one before it. */
  public void apply(NodeSnapshot snapshot) {
    if (snapshot.atMicros() <= state.headAt) {
      throw new IllegalArgumentException(
          "snapshot at " + snapshot.atMicros() + " is not newer than the head " + state.headAt);
    }
    for (int ordinal : snapshot.ordinals()) {
      state.ensure(ordinal);
    }
    boolean barred = snapshot.atMicros() <= policy.billingFromMicros();
    boolean first = state.firstAt == NodeState.NEVER;
    Epoch epoch = first ? Epoch.UNKNOWN : epochOf(snapshot);
    if (epoch == Epoch.ANOTHER) {
      restartAll(snapshot, barred);
    }
    if (first && !policy.countFirst()) {
      remember(snapshot);
    } else {
      new Turn(snapshot, barred, first, epoch != Epoch.UNKNOWN).run();
    }
    if (first) {
      state.firstAt = snapshot.atMicros();
    }
    if (snapshot.startedAtMicros() != NodeState.NEVER && epoch != Epoch.SAME) {
      state.startedAt = snapshot.startedAtMicros();
    }
    state.headAt = snapshot.atMicros();
  }

  private enum Epoch {
    SAME,
    ANOTHER,
    UNKNOWN
  }

  /**
   * Whether the counting process is another one. It must have started since the last snapshot; an
   * epoch that differs and yet lies before it comes of a clock that was set, and proves nothing.
   */
  private Epoch epochOf(NodeSnapshot snapshot) {
    long started = snapshot.startedAtMicros();
    if (started == NodeState.NEVER) {
      return Epoch.UNKNOWN;
    }
    if (state.startedAt == NodeState.NEVER) {
      return started > state.headAt ? Epoch.ANOTHER : Epoch.UNKNOWN;
    }
    if (Math.abs(started - state.startedAt) <= EPOCH_JITTER_MICROS) {
      return Epoch.SAME;
    }
    return started > state.headAt - STAMP_LAG_MICROS ? Epoch.ANOTHER : Epoch.UNKNOWN;
  }

  /** Another epoch: every counter of the node, present or not, began at zero. */
  private void restartAll(NodeSnapshot snapshot, boolean barred) {
    int count = 0;
    for (int i = 0; i < state.size(); i++) {
      if (state.seenAt[i] != NodeState.NEVER && (state.uplink[i] | state.downlink[i]) != 0) {
        state.uplink[i] = 0;
        state.downlink[i] = 0;
        state.uplinkSince[i] = snapshot.atMicros();
        state.downlinkSince[i] = snapshot.atMicros();
        state.restarts[i]++;
        count++;
      }
    }
    state.accepted.clear();
    if (!barred) {
      log.restart(new MeterLog.Restart(snapshot.atMicros(), state.headAt, true, count, 0L));
    }
  }

  private void remember(NodeSnapshot snapshot) {
    for (int i = 0; i < snapshot.ordinals().length; i++) {
      accept(snapshot, i, false);
    }
  }

  private void accept(NodeSnapshot snapshot, int i, boolean restarted) {
    int ordinal = snapshot.ordinals()[i];
    if (!state.accepted.isEmpty()) {
      state.accepted.remove(ordinal);
    }
    see(snapshot, i);
    if (restarted) {
      state.restarts[ordinal]++;
    }
  }

  private void see(NodeSnapshot snapshot, int i) {
    int ordinal = snapshot.ordinals()[i];
    boolean first = state.seenAt[ordinal] == NodeState.NEVER;
    if (first || state.uplink[ordinal] != snapshot.uplink()[i]) {
      state.uplink[ordinal] = snapshot.uplink()[i];
      state.uplinkSince[ordinal] = snapshot.atMicros();
    }
    if (first || state.downlink[ordinal] != snapshot.downlink()[i]) {
      state.downlink[ordinal] = snapshot.downlink()[i];
      state.downlinkSince[ordinal] = snapshot.atMicros();
    }
    state.seenAt[ordinal] = snapshot.atMicros();
  }

  /** What becomes of one sample. */
  private enum Verdict {
    COUNT_DIFFERENCE,
    COUNT_WHOLE,
    RESTARTED,
    REMEMBER,
    FELL,
    ASIDE_FELL,
    ASIDE_JUMP;

    boolean counts() {
      return this == COUNT_DIFFERENCE || this == COUNT_WHOLE || this == RESTARTED;
    }
  }

  /** One snapshot's turn: judge every sample against the state before, then apply. */
  private final class Turn {

    private final NodeSnapshot snapshot;
    private final boolean barred;
    private final boolean first;
    private final boolean epochKnown;
    private final Verdict[] verdicts;
    private int fallen;

    Turn(NodeSnapshot snapshot, boolean barred, boolean first, boolean epochKnown) {
      this.snapshot = snapshot;
      this.barred = barred;
      this.first = first;
      this.epochKnown = epochKnown;
      this.verdicts = new Verdict[snapshot.ordinals().length];
    }

    void run() {
      judgeEach();
      if (fallen > 0) {
        judgeFallen();
      }
      if (barred) {
        rememberWhatFell();
      } else if (!first) {
        guardAgainstJumps();
      }
      noteRestart();
      for (int i = 0; i < verdicts.length; i++) {
        settle(i);
      }
    }

    private void judgeEach() {
      for (int i = 0; i < verdicts.length; i++) {
        int ordinal = snapshot.ordinals()[i];
        verdicts[i] = judge(i, ordinal);
        @Nullable Decision decision = decisions.of(ordinal, snapshot.atMicros());
        if (decision != null) {
          verdicts[i] = decide(verdicts[i], decision);
        }
        if (verdicts[i] == Verdict.FELL) {
          fallen++;
        }
      }
    }

    private Verdict judge(int i, int ordinal) {
      if (state.seenAt[ordinal] == NodeState.NEVER) {
        return Verdict.COUNT_WHOLE;
      }
      if (!isBelow(i, state.acceptedUplink(ordinal), state.acceptedDownlink(ordinal))) {
        return Verdict.COUNT_DIFFERENCE;
      }
      return isBelow(i, state.uplink[ordinal], state.downlink[ordinal])
          ? Verdict.FELL
          : Verdict.ASIDE_FELL;
    }

    private static Verdict decide(Verdict verdict, Decision decision) {
      boolean below = verdict == Verdict.FELL || verdict == Verdict.ASIDE_FELL;
      return switch (decision) {
        case BASELINE -> Verdict.REMEMBER;
        case RESTART -> Verdict.RESTARTED;
        case ACCEPT -> below ? Verdict.RESTARTED : verdict;
      };
    }

    private boolean isBelow(int i, long uplink, long downlink) {
      return snapshot.uplink()[i] < uplink || snapshot.downlink()[i] < downlink;
    }

    /** The earliest instant since which some non-zero counter demonstrably held its value. */
    private long heldSince() {
      long earliest = Long.MAX_VALUE;
      for (int i = 0; i < verdicts.length; i++) {
        int ordinal = snapshot.ordinals()[i];
        if (state.seenAt[ordinal] == NodeState.NEVER) {
          continue;
        }
        long up = state.uplink[ordinal];
        long down = state.downlink[ordinal];
        if (up != 0 && up == snapshot.uplink()[i]) {
          earliest = Math.min(earliest, state.uplinkSince[ordinal]);
        }
        if (down != 0 && down == snapshot.downlink()[i]) {
          earliest = Math.min(earliest, state.downlinkSince[ordinal]);
        }
      }
      return earliest;
    }

    private void judgeFallen() {
      long heldSince = epochKnown ? Long.MIN_VALUE : heldSince();
      for (int i = 0; i < verdicts.length; i++) {
        if (verdicts[i] == Verdict.FELL) {
          boolean ran = heldSince <= state.seenAt[snapshot.ordinals()[i]];
          verdicts[i] = ran ? Verdict.ASIDE_FELL : Verdict.RESTARTED;
        }
      }
    }

    /** Up to the instant from which on is billed there is nothing to doubt: all is history. */
    private void rememberWhatFell() {
      for (int i = 0; i < verdicts.length; i++) {
        if (verdicts[i] == Verdict.ASIDE_FELL) {
          verdicts[i] = Verdict.REMEMBER;
        }
      }
    }

    private void guardAgainstJumps() {
      long total = 0;
      for (int i = 0; i < verdicts.length; i++) {
        if (!verdicts[i].counts() || decided(i)) {
          continue;
        }
        long rate = bytesPerSecond(bytes(i), elapsedMicros(i));
        if (rate > snapshot.maxBytesPerSecond()) {
          verdicts[i] = Verdict.ASIDE_JUMP;
        } else {
          total = Math.min(total, Long.MAX_VALUE - rate) + rate;
        }
      }
      if (total > snapshot.maxBytesPerSecond()) {
        setAllAside();
      }
    }

    private void setAllAside() {
      for (int i = 0; i < verdicts.length; i++) {
        if (verdicts[i].counts() && !decided(i) && bytes(i) > 0) {
          verdicts[i] = Verdict.ASIDE_JUMP;
        }
      }
    }

    private boolean decided(int i) {
      return decisions.of(snapshot.ordinals()[i], snapshot.atMicros()) != null;
    }

    /** Whole bytes a second, rounded down; {@code micros} is a second at least. */
    private static long bytesPerSecond(long bytes, long micros) {
      return bytes <= Long.MAX_VALUE / MICROS_PER_SECOND
          ? bytes * MICROS_PER_SECOND / micros
          : BigInteger.valueOf(bytes)
              .multiply(BigInteger.valueOf(MICROS_PER_SECOND))
              .divide(BigInteger.valueOf(micros))
              .longValueExact();
    }

    private long elapsedMicros(int i) {
      long seen = state.seenAt[snapshot.ordinals()[i]];
      long from = seen == NodeState.NEVER ? state.headAt : seen;
      return Math.max(snapshot.atMicros() - from, MICROS_PER_SECOND);
    }

    private long upBytes(int i) {
      long up = snapshot.uplink()[i];
      return verdicts[i] == Verdict.COUNT_DIFFERENCE
          ? up - state.acceptedUplink(snapshot.ordinals()[i])
          : up;
    }

    private long downBytes(int i) {
      long down = snapshot.downlink()[i];
      return verdicts[i] == Verdict.COUNT_DIFFERENCE
          ? down - state.acceptedDownlink(snapshot.ordinals()[i])
          : down;
    }

    private long bytes(int i) {
      return Math.addExact(upBytes(i), downBytes(i));
    }

    private void noteRestart() {
      int restarted = 0;
      for (Verdict verdict : verdicts) {
        restarted += verdict == Verdict.RESTARTED ? 1 : 0;
      }
      if (restarted == 0 || barred) {
        return;
      }
      log.restart(
          new MeterLog.Restart(
              snapshot.atMicros(), state.headAt, false, restarted, mostHiddenBytes()));
    }

    /**
     * All that the series which did not fall had counted: if they restarted too, so much is lost.
     */
    private long mostHiddenBytes() {
      boolean[] fell = new boolean[state.size()];
      for (int i = 0; i < verdicts.length; i++) {
        fell[snapshot.ordinals()[i]] = verdicts[i] == Verdict.RESTARTED;
      }
      long hidden = 0;
      for (int ordinal = 0; ordinal < state.size(); ordinal++) {
        if (!fell[ordinal]) {
          long most = state.uplink[ordinal] + state.downlink[ordinal];
          hidden = hidden + most < 0 ? Long.MAX_VALUE : hidden + most;
        }
      }
      return hidden;
    }

    private void settle(int i) {
      int ordinal = snapshot.ordinals()[i];
      Verdict verdict = verdicts[i];
      if (verdict == Verdict.ASIDE_FELL || verdict == Verdict.ASIDE_JUMP) {
        setAside(i, verdict);
        state.keepAccepted(ordinal);
        see(snapshot, i);
        return;
      }
      if (verdict.counts() && !barred) {
        long up = upBytes(i);
        long down = downBytes(i);
        if ((up | down) != 0) {
          log.usage(Math.floorDiv(snapshot.atMicros(), MICROS_PER_MINUTE), ordinal, up, down);
        }
      }
      accept(snapshot, i, verdict == Verdict.RESTARTED);
    }

    private void setAside(int i, Verdict verdict) {
      int ordinal = snapshot.ordinals()[i];
      long up = snapshot.uplink()[i];
      long down = snapshot.downlink()[i];
      long upBefore = state.acceptedUplink(ordinal);
      long downBefore = state.acceptedDownlink(ordinal);
      long held = up + down - (isBelow(i, upBefore, downBefore) ? 0 : upBefore + downBefore);
      SetAsideReason reason =
          verdict == Verdict.ASIDE_FELL ? SetAsideReason.FELL_WITHOUT_RESTART : SetAsideReason.JUMP;
      if (!barred) {
        log.setAside(new MeterLog.SetAside(snapshot.atMicros(), ordinal, reason, up, down, held));
      }
    }
  }
}
