package plus.svc.billing.pipeline.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/** The rules of metering, one node, minute after minute. Series are 0, 1, 2 ... */
class MeteringTest {

  private static final long MINUTE = 60_000_000L;
  private static final long[] ABSENT = {};

  private MeterPolicy policy = new MeterPolicy(true, -1);
  private long guard = 1_000_000;
  private final NodeState state = new NodeState();
  private final MeterLog log = new MeterLog();

  /** A series' counters. */
  private static long[] at(long up, long down) {
    return new long[] {up, down};
  }

  private NodeSnapshot shot(long micros, long epoch, long[]... counters) {
    List<Integer> present = new ArrayList<>();
    for (int i = 0; i < counters.length; i++) {
      if (counters[i].length > 0) {
        present.add(i);
      }
    }
    return new NodeSnapshot(
        micros,
        epoch,
        guard,
        present.stream().mapToInt(i -> i).toArray(),
        present.stream().mapToLong(i -> counters[i][0]).toArray(),
        present.stream().mapToLong(i -> counters[i][1]).toArray());
  }

  /** A snapshot at a minute, without an epoch. */
  private void minute(int minute, long[]... counters) {
    minute(minute, Decisions.NONE, counters);
  }

  private void minute(int minute, Decisions decisions, long[]... counters) {
    new Metering(policy, decisions, state, log)
        .apply(shot(minute * MINUTE, NodeSnapshot.NEVER, counters));
  }

  /** A snapshot at a minute of a process that started at another. */
  private void minuteOf(long startedMicros, int minute, long[]... counters) {
    new Metering(policy, Decisions.NONE, state, log)
        .apply(shot(minute * MINUTE, startedMicros, counters));
  }

  private long usage(int series) {
    long sum = 0;
    for (int i = 0; i < log.size(); i++) {
      sum += log.ordinal(i) == series ? log.uplinkBytes(i) + log.downlinkBytes(i) : 0;
    }
    return sum;
  }

  private List<String> setAsides() {
    return log.setAsides().stream()
        .map(
            a -> a.reason() + " " + a.ordinal() + "@" + a.atMicros() / MINUTE + " " + a.heldBytes())
        .toList();
  }

  @Test
  void theFirstSnapshotIsABaselineOrCountsWholeByPolicy() {
    minute(1, at(100, 20));
    assertThat(usage(0)).isEqualTo(120);
    policy = new MeterPolicy(false, -1);
    NodeState fresh = new NodeState();
    MeterLog second = new MeterLog();
    new Metering(policy, Decisions.NONE, fresh, second)
        .apply(shot(MINUTE, NodeSnapshot.NEVER, at(100, 20)));
    assertThat(second.size()).isZero();
  }

  @Test
  void aSeriesFirstSeenOnAKnownNodeBeganAtZero() {
    policy = new MeterPolicy(false, -1);
    minute(1, at(100, 0));
    minute(2, at(110, 0), at(40, 2));
    assertThat(usage(0)).isEqualTo(10);
    assertThat(usage(1)).isEqualTo(42);
  }

  @Test
  void aSeriesThatVanishesAndComesBackHigherCountsTheDifference() {
    minute(1, at(100, 0), at(5, 5));
    minute(2, ABSENT, at(6, 5));
    minute(3, at(130, 0), at(7, 5));
    assertThat(usage(0)).isEqualTo(130);
  }

  @Test
  void bothDirectionsCountFromZeroWhereOneFell() {
    minute(1, at(100, 5000));
    minute(2, at(300, 200));
    assertThat(usage(0)).isEqualTo(5100 + 500);
    assertThat(log.restarts()).hasSize(1);
    assertThat(state.restartsOf(0)).isEqualTo(1);
  }

  @Test
  void aNeighbourThatRoseIsNotRecounted() {
    minute(1, at(100, 0), at(50, 0));
    minute(2, at(10, 0), at(60, 0));
    assertThat(usage(0)).isEqualTo(110);
    assertThat(usage(1)).isEqualTo(60);
    assertThat(log.restarts())
        .containsExactly(new MeterLog.Restart(2 * MINUTE, MINUTE, false, 1, 50));
  }

  @Test
  void aCounterThatStandsStillProvesThatTheProcessRan() {
    minute(1, at(1_500, 0), at(50, 0));
    minute(2, at(1_000, 0), at(50, 0));
    assertThat(usage(0)).isEqualTo(1_500);
    assertThat(setAsides()).containsExactly("FELL_WITHOUT_RESTART 0@2 1000");
    assertThat(log.restarts()).isEmpty();
  }

  @Test
  void whatFellWithoutARestartStaysAsideWhenItsNeighboursMoveOn() {
    minute(1, at(1_500, 0), at(50, 0));
    minute(2, at(1_000, 0), at(50, 0));
    minute(3, at(1_010, 0), at(60, 0));
    minute(4, at(1_020, 0), at(70, 0));
    assertThat(usage(0)).isEqualTo(1_500);
    assertThat(setAsides())
        .containsExactly(
            "FELL_WITHOUT_RESTART 0@2 1000",
            "FELL_WITHOUT_RESTART 0@3 1010",
            "FELL_WITHOUT_RESTART 0@4 1020");
  }

  @Test
  void whatComesBackAboveTheAcceptedCountersCountsTheDifference() {
    minute(1, at(1_500, 0), at(50, 0));
    minute(2, at(1_000, 0), at(50, 0));
    minute(3, at(1_530, 0), at(60, 0));
    assertThat(usage(0)).isEqualTo(1_530);
    assertThat(state.accepted()).isEmpty();
  }

  @Test
  void aSeriesThatWasSetAsideAndFallsAgainRestarted() {
    minute(1, at(1_500, 0), at(50, 0));
    minute(2, at(1_000, 0), at(50, 0));
    minute(3, at(30, 0), at(2, 0));
    assertThat(usage(0)).isEqualTo(1_500 + 30);
    assertThat(usage(1)).isEqualTo(52);
  }

  @Test
  void oneDirectionThatStoodStillWhileTheOtherMovedIsProofEnough() {
    minute(1, at(100, 0), at(10, 50));
    minute(2, ABSENT, at(20, 50));
    minute(3, at(30, 0), at(30, 50));
    assertThat(usage(0)).isEqualTo(100);
    assertThat(setAsides()).containsExactly("FELL_WITHOUT_RESTART 0@3 30");
  }

  @Test
  void aCounterThatStandsStillOnlySinceAfterwardsProvesNothing() {
    minute(1, at(100, 0), at(10, 0));
    minute(2, ABSENT, at(5, 0));
    minute(3, at(30, 0), at(5, 0));
    assertThat(usage(0)).isEqualTo(130);
    assertThat(setAsides()).isEmpty();
  }

  @Test
  void twoRestartsInOneWindowLookLikeOne() {
    minute(1, at(100, 0));
    minute(2, at(30, 0));
    minute(3, at(20, 0));
    assertThat(usage(0)).isEqualTo(150);
    assertThat(state.restartsOf(0)).isEqualTo(2);
  }

  @Test
  void anotherEpochRestartsEverySeriesEvenThoseThatOutgrewThemselves() {
    minuteOf(10, 1, at(100, 100), at(5, 0));
    minuteOf(4 * MINUTE, 5, at(500, 900));
    minuteOf(4 * MINUTE, 6, at(500, 900), at(7, 0));
    assertThat(usage(0)).isEqualTo(200 + 1_400);
    assertThat(usage(1)).isEqualTo(5 + 7);
    assertThat(log.restarts())
        .containsExactly(new MeterLog.Restart(5 * MINUTE, MINUTE, true, 2, 0));
  }

  @Test
  void inTheSameEpochWhatFellIsSetAside() {
    minuteOf(10, 1, at(100, 0));
    minuteOf(12, 2, at(40, 0));
    assertThat(usage(0)).isEqualTo(100);
    assertThat(setAsides()).containsExactly("FELL_WITHOUT_RESTART 0@2 40");
  }

  @Test
  void anEpochBeforeTheHeadProvesNothing() {
    minuteOf(10 * MINUTE, 20, at(100, 0));
    minuteOf(15 * MINUTE, 21, at(120, 0));
    assertThat(usage(0)).isEqualTo(120);
  }

  @Test
  void aJumpIsSetAsideUntilSomebodyDecides() {
    guard = 10;
    minute(1, at(100, 0));
    minute(2, at(100 + 660, 0));
    minute(3, at(100 + 661, 0));
    assertThat(usage(0)).isEqualTo(100);
    assertThat(setAsides()).containsExactly("JUMP 0@2 660", "JUMP 0@3 661");
    minute(4, new Decisions(Map.of(new Decisions.At(0, 4 * MINUTE), Decision.ACCEPT)), at(762, 0));
    assertThat(usage(0)).isEqualTo(762);
    minute(5, at(772, 0));
    assertThat(usage(0)).isEqualTo(772);
  }

  @Test
  void eachSnapshotIsJudgedByTheGuardItCameWith() {
    guard = 10;
    minute(1, at(100, 0));
    minute(2, at(100 + 660, 0));
    guard = 1_000;
    minute(3, at(100 + 720, 0));
    guard = 10;
    minute(4, at(100 + 780, 0));
    assertThat(setAsides()).containsExactly("JUMP 0@2 660");
    assertThat(usage(0)).isEqualTo(100 + 780);
  }

  @Test
  void theRateOfAHugeRiseIsExactToo() {
    guard = 3_500_000;
    minute(1, at(0, 1));
    minute(1 + 43_200, at(9_300_000_000_000L, 1));
    assertThat(setAsides()).as("3.59 MB/s over 30 days").hasSize(1);
  }

  @Test
  void aNodeWhoseSeriesJumpTogetherIsSetAside() {
    guard = 10;
    minute(1, at(1, 0), at(1, 0), at(1, 0));
    minute(2, at(401, 0), at(401, 0), at(1, 0));
    assertThat(usage(0) + usage(1)).isEqualTo(2);
    assertThat(setAsides()).containsExactly("JUMP 0@2 400", "JUMP 1@2 400");
  }

  @Test
  void upToTheInstantOfBillingEverythingIsABaseline() {
    policy = new MeterPolicy(true, 2 * MINUTE);
    guard = 10;
    minute(1, at(1_000, 0), at(5, 0));
    minute(2, at(10, 0), at(5, 0), at(999_999, 0));
    minute(3, at(20, 0), at(6, 0), at(999_999, 7));
    assertThat(usage(0)).isEqualTo(10);
    assertThat(usage(1)).isEqualTo(1);
    assertThat(usage(2)).isEqualTo(7);
    assertThat(setAsides()).isEmpty();
  }

  @Test
  void decisionsAreFollowed() {
    minute(1, at(1_500, 0), at(50, 0));
    Decisions decisions =
        new Decisions(
            Map.of(
                new Decisions.At(0, 2 * MINUTE), Decision.BASELINE,
                new Decisions.At(1, 3 * MINUTE), Decision.RESTART));
    minute(2, decisions, at(1_000, 0), at(50, 0));
    minute(3, decisions, at(1_005, 0), at(60, 0));
    assertThat(usage(0)).isEqualTo(1_505);
    assertThat(usage(1)).isEqualTo(50 + 60);
  }
}
