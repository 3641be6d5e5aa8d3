package plus.svc.billing.pipeline.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import plus.svc.billing.pipeline.snapshot.NodeSnapshot;

/** The laws of metering, on any counters whatever: no world has to make sense for them to hold. */
class MeteringLawsTest {

  private static final long STEP = 20_000_000L;
  private static final MeterPolicy COUNT_FIRST = new MeterPolicy(true, -1);
  private static final MeterPolicy BASELINE = new MeterPolicy(false, 5 * STEP);
  private static final long NO_GUARD = Long.MAX_VALUE;

  @Provide
  Arbitrary<MeterPolicy> policies() {
    return Arbitraries.of(COUNT_FIRST, BASELINE);
  }

  /** Snapshots in any order, several of an instant among them; few values, so that they meet. */
  @Provide
  Arbitrary<List<NodeSnapshot>> snapshots() {
    return snapshot(
            Arbitraries.frequency(Tuple.of(3, -1L), Tuple.of(1, 0L), Tuple.of(1, 1L)),
            Arbitraries.of(1L, 4L, 4L, NO_GUARD))
        .list()
        .ofMaxSize(14);
  }

  @Provide
  Arbitrary<List<NodeSnapshot>> snapshotsWithoutEpoch() {
    return snapshot(Arbitraries.just(-1L), Arbitraries.just(NO_GUARD)).list().ofMaxSize(14);
  }

  @Provide
  Arbitrary<List<NodeSnapshot>> ofOneInstant() {
    return snapshot(Arbitraries.of(-1L, 5L, 20_000_000L), Arbitraries.of(1L, 4L, NO_GUARD))
        .map(s -> atOneInstant(s))
        .list()
        .ofMinSize(3)
        .ofMaxSize(3);
  }

  private static NodeSnapshot atOneInstant(NodeSnapshot s) {
    return new NodeSnapshot(
        7, s.startedAtMicros(), s.maxBytesPerSecond(), s.ordinals(), s.uplink(), s.downlink());
  }

  private static Arbitrary<NodeSnapshot> snapshot(Arbitrary<Long> epochs, Arbitrary<Long> guards) {
    Arbitrary<List<Long>> counters =
        Arbitraries.of(-1L, 0L, 1L, 2L, 3L, 50L, 51L, 400L).list().ofSize(6);
    return Combinators.combine(Arbitraries.longs().between(1, 14), epochs, guards, counters)
        .as(MeteringLawsTest::snapshot);
  }

  /** Three series; a counter of -1 in the first direction means that the series is absent. */
  private static NodeSnapshot snapshot(long step, long epoch, long guard, List<Long> counters) {
    int[] present =
        java.util.stream.IntStream.range(0, 3).filter(i -> counters.get(2 * i) >= 0).toArray();
    long started = epoch < 0 ? NodeSnapshot.NEVER : epoch == 0 ? 3 : (step - 1) * STEP + 3;
    return new NodeSnapshot(
        step * STEP,
        started,
        guard,
        present,
        Arrays.stream(present).mapToLong(i -> counters.get(2 * i)).toArray(),
        Arrays.stream(present).mapToLong(i -> Math.max(0, counters.get(2 * i + 1))).toArray());
  }

  private static String text(NodeSnapshot s) {
    return s.atMicros()
        + " "
        + s.startedAtMicros()
        + " "
        + s.maxBytesPerSecond()
        + Arrays.toString(s.ordinals())
        + Arrays.toString(s.uplink())
        + Arrays.toString(s.downlink());
  }

  /** What metering the whole set in order gives. */
  private static final class Straight {
    final NodeState state = new NodeState();
    final MeterLog log = new MeterLog();

    Straight(MeterPolicy policy, Iterable<NodeSnapshot> ascending) {
      Metering metering = new Metering(policy, Decisions.NONE, state, log);
      ascending.forEach(metering::apply);
    }
  }

  private static Map<Remetering.Slot, Remetering.Difference> usage(MeterLog log) {
    Map<Remetering.Slot, Remetering.Difference> usage = new HashMap<>();
    for (int i = 0; i < log.size(); i++) {
      add(
          usage,
          new Remetering.Slot(log.minute(i), log.ordinal(i)),
          new Remetering.Difference(log.uplinkBytes(i), log.downlinkBytes(i)));
    }
    return usage;
  }

  private static void add(
      Map<Remetering.Slot, Remetering.Difference> usage,
      Remetering.Slot slot,
      Remetering.Difference more) {
    usage.merge(
        slot,
        more,
        (a, b) ->
            new Remetering.Difference(
                a.uplinkBytes() + b.uplinkBytes(), a.downlinkBytes() + b.downlinkBytes()));
  }

  @Property(tries = 2_000)
  void whateverTheOrderOfArrivalTheSameIsCounted(
      @ForAll("policies") MeterPolicy policy, @ForAll("snapshots") List<NodeSnapshot> arriving) {
    NavigableMap<Long, NodeSnapshot> archive = new TreeMap<>();
    Map<Remetering.Slot, Remetering.Difference> usage = new HashMap<>();
    NodeState state = new NodeState();
    for (NodeSnapshot snapshot : arriving) {
      NodeSnapshot was = archive.get(snapshot.atMicros());
      NodeSnapshot is = was == null ? snapshot : was.merge(snapshot);
      archive.put(snapshot.atMicros(), is);
      if (snapshot.atMicros() > state.headAt()) {
        MeterLog log = new MeterLog();
        new Metering(policy, Decisions.NONE, state, log).apply(snapshot);
        usage(log).forEach((slot, more) -> add(usage, slot, more));
      } else {
        Remetering walk = new Remetering(policy, Decisions.NONE, Decisions.NONE, new NodeState());
        for (NodeSnapshot known : archive.values()) {
          if (known.atMicros() > is.atMicros() && walk.converged()) {
            break;
          }
          walk.step(known.atMicros() == is.atMicros() ? was : known, known);
        }
        walk.differences().forEach((slot, more) -> add(usage, slot, more));
        state = walk.state().headAt() == archive.lastKey() ? walk.state() : state;
      }
    }
    Straight straight = new Straight(policy, archive.values());
    usage.values().removeIf(sum -> sum.uplinkBytes() == 0 && sum.downlinkBytes() == 0);
    assertThat(usage).isEqualTo(usage(straight.log));
    assertThat(state.sameAs(straight.state)).isTrue();
  }

  @Property(tries = 2_000)
  void onceBothWalksStandAlikeNothingBehindDiffers(
      @ForAll("policies") MeterPolicy policy, @ForAll("snapshots") List<NodeSnapshot> snapshots) {
    NavigableMap<Long, NodeSnapshot> archive = archive(snapshots);
    if (archive.isEmpty()) {
      return;
    }
    long late = archive.firstKey();
    Remetering walk = new Remetering(policy, Decisions.NONE, Decisions.NONE, new NodeState());
    Map<Remetering.Slot, Remetering.Difference> whenAlike = null;
    for (NodeSnapshot snapshot : archive.values()) {
      walk.step(snapshot.atMicros() == late ? null : snapshot, snapshot);
      if (whenAlike == null && walk.converged()) {
        whenAlike = new HashMap<>(walk.differences());
      }
    }
    if (whenAlike != null) {
      assertThat(walk.differences()).isEqualTo(whenAlike);
      assertThat(walk.converged()).isTrue();
    }
  }

  @Property(tries = 2_000)
  void aSeriesThatWasNeverSetAsideIsCountedIncreaseByIncrease(
      @ForAll("snapshotsWithoutEpoch") List<NodeSnapshot> snapshots) {
    NavigableMap<Long, NodeSnapshot> archive = archive(snapshots);
    Straight straight = new Straight(COUNT_FIRST, archive.values());
    for (int series = 0; series < 3; series++) {
      int ordinal = series;
      if (straight.log.setAsides().stream().noneMatch(a -> a.ordinal() == ordinal)) {
        assertThat(counted(straight.log, ordinal)).isEqualTo(increases(archive, ordinal));
      }
    }
  }

  private static long counted(MeterLog log, int ordinal) {
    long sum = 0;
    for (int i = 0; i < log.size(); i++) {
      sum += log.ordinal(i) == ordinal ? log.uplinkBytes(i) + log.downlinkBytes(i) : 0;
    }
    return sum;
  }

  private static long increases(NavigableMap<Long, NodeSnapshot> archive, int ordinal) {
    long sum = 0;
    long up = 0;
    long down = 0;
    for (NodeSnapshot snapshot : archive.values()) {
      int i = Arrays.binarySearch(snapshot.ordinals(), ordinal);
      if (i < 0) {
        continue;
      }
      boolean fell = snapshot.uplink()[i] < up || snapshot.downlink()[i] < down;
      sum += snapshot.uplink()[i] + snapshot.downlink()[i] - (fell ? 0 : up + down);
      up = snapshot.uplink()[i];
      down = snapshot.downlink()[i];
    }
    return sum;
  }

  @Property(tries = 2_000)
  void nothingIsEverCountedBelowZero(
      @ForAll("policies") MeterPolicy policy, @ForAll("snapshots") List<NodeSnapshot> snapshots) {
    MeterLog log = new Straight(policy, archive(snapshots).values()).log;
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.uplinkBytes(i)).isNotNegative();
      assertThat(log.downlinkBytes(i)).isNotNegative();
    }
    log.setAsides().forEach(aside -> assertThat(aside.heldBytes()).isNotNegative());
  }

  @Property(tries = 2_000)
  void mergingIsCommutativeAssociativeAndIdempotent(
      @ForAll("ofOneInstant") List<NodeSnapshot> three) {
    NodeSnapshot a = three.get(0);
    NodeSnapshot b = three.get(1);
    NodeSnapshot c = three.get(2);
    assertThat(text(a.merge(b))).isEqualTo(text(b.merge(a)));
    assertThat(text(a.merge(b).merge(c))).isEqualTo(text(a.merge(b.merge(c))));
    assertThat(text(a.merge(a))).isEqualTo(text(a));
    assertThat(text(a.merge(b).merge(b))).isEqualTo(text(a.merge(b)));
  }

  private static NavigableMap<Long, NodeSnapshot> archive(List<NodeSnapshot> snapshots) {
    NavigableMap<Long, NodeSnapshot> archive = new TreeMap<>();
    new ArrayList<>(snapshots).forEach(s -> archive.merge(s.atMicros(), s, NodeSnapshot::merge));
    return archive;
  }
}
