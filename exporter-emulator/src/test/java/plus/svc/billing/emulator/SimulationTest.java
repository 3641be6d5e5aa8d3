package plus.svc.billing.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import plus.svc.billing.emulator.fault.Faults;
import plus.svc.billing.emulator.fault.NodeFault;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.NodeConfig;
import plus.svc.billing.emulator.window.SampleRow;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.emulator.xray.CounterKey;
import plus.svc.billing.emulator.xray.GroundTruth;
import plus.svc.billing.emulator.xray.SimulatedUser;
import plus.svc.billing.emulator.xray.Traffic;

class SimulationTest {
  private static final Instant START = Instant.parse("2026-04-08T18:00:00Z");

  @Property(tries = 60)
  @Label("increases over the snapshots + blind + not yet snapped = emitted")
  void theTruthAddsUp(
      @ForAll Flavour flavour,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 30) int users,
      @ForAll @IntRange(min = 7, max = 400) int scrapeSeconds,
      @ForAll @IntRange(min = 5, max = 3000) int restartSeconds,
      @ForAll @LongRange(min = 0, max = 14_400) long seconds) {
    Node node = new Node(flavour, users, seed, scrapeSeconds, restartSeconds);
    Instant end = START.plusSeconds(seconds);
    node.faults.add(
        new NodeFault.MissedScrapes(
            START.plusSeconds(seconds / 3), START.plusSeconds(seconds / 2 + 1)));

    node.simulation.runTo(end);

    GroundTruth truth = node.simulation.groundTruth();
    assertThat(CounterReader.increases(node.exporter.history()))
        .isEqualTo(observable(flavour, truth));
    assertThat(truth.observableTotal().plus(truth.blindTotal()).plus(truth.notYetSnappedTotal()))
        .isEqualTo(truth.emittedTotal());
  }

  @Property(tries = 20)
  @Label("how far it is run at a time changes nothing")
  void stepsDoNotMatter(@ForAll Flavour flavour, @ForAll long seed) {
    Node one = new Node(flavour, 10, seed, 60, 1200);
    Node other = new Node(flavour, 10, seed, 60, 1200);
    Instant end = START.plus(Duration.ofHours(2));
    one.simulation.runTo(end);
    SplittableRandom random = new SplittableRandom(seed);
    for (Instant at = START; at.isBefore(end); at = at.plusMillis(random.nextLong(1, 400_000))) {
      other.simulation.runTo(at);
    }
    other.simulation.runTo(end);

    assertThat(other.exporter.history()).isEqualTo(one.exporter.history());
    assertThat(other.simulation.groundTruth()).isEqualTo(one.simulation.groundTruth());
  }

  @Test
  void anotherSeedGivesOtherTraffic() {
    Node one = new Node(Flavour.A, 10, 1, 60, 0);
    Node other = new Node(Flavour.A, 10, 2, 60, 0);
    one.simulation.runTo(START.plusSeconds(7200));
    other.simulation.runTo(START.plusSeconds(7200));
    assertThat(one.simulation.groundTruth().emittedTotal())
        .isNotEqualTo(other.simulation.groundTruth().emittedTotal());
  }

  @Test
  void theFirstSnapshotIsEmptyAndEveryMinuteOfFlavourAHasOne() {
    Node node = new Node(Flavour.A, 10, 1, 60, 0);
    node.simulation.runTo(START.plusSeconds(600));
    assertThat(node.exporter.history())
        .extracting(SnapshotRow::collectedAt)
        .startsWith(START, START.plusSeconds(60))
        .hasSize(11);
    assertThat(node.exporter.history().get(0).samples()).isEmpty();
  }

  @Test
  void flavourBsTickerDriftsUntilTwoSnapshotsFallIntoAMinute() {
    Node node = new Node(Flavour.B, 2, 1, 60, 0);
    node.simulation.runTo(START.plus(Duration.ofHours(24)));
    Map<Long, Integer> perMinute = new TreeMap<>();
    node.exporter
        .history()
        .forEach(row -> perMinute.merge(row.collectedAt().getEpochSecond() / 60, 1, Integer::sum));
    assertThat(perMinute.values()).contains(1, 2);
    assertThat(node.exporter.history())
        .as("nanoseconds")
        .anyMatch(row -> row.collectedAt().toString().length() == 30);
  }

  @Test
  void peopleAreIdleMostOfTheTimeAndLivelierInTheEvening() {
    Node node = new Node(Flavour.A, 100, 3, 60, 0);
    node.simulation.runTo(START.plus(Duration.ofHours(24)));
    List<SnapshotRow> history = node.exporter.history();

    long busy = 0;
    for (int i = 1; i < history.size(); i++) {
      busy += busyUsers(history.get(i - 1), history.get(i));
    }
    double share = (double) busy / (100 * (history.size() - 1));
    assertThat(share).isBetween(0.02, 0.35);

    long evening = bytes(history, 1 * 60, 5 * 60);
    long morning = bytes(history, 13 * 60, 17 * 60);
    assertThat(evening).as("19 to 23 h against 7 to 11 h").isGreaterThan(2 * morning);
  }

  @Test
  void aScriptedRestartHappensAtItsInstant() {
    Node node = new Node(Flavour.A, 10, 1, 60, 0);
    node.faults.add(new NodeFault.Restart(START.plusSeconds(3617)));
    node.simulation.runTo(START.plusSeconds(7200));
    assertThat(node.simulation.xrayStartedAt()).isEqualTo(START.plusSeconds(3617));
    assertThat(node.simulation.groundTruth().blind())
        .singleElement()
        .satisfies(
            spell -> {
              assertThat(spell.restartedAt()).isEqualTo(START.plusSeconds(3617));
              assertThat(spell.lastSnapshotAt()).isEqualTo(START.plusSeconds(3600));
            });
  }

  @Test
  void aRestartByHandHappensNow() {
    Node node = new Node(Flavour.B, 10, 1, 60, 0);
    node.simulation.restart(START.plusSeconds(100));
    assertThat(node.simulation.xrayStartedAt()).isEqualTo(START.plusSeconds(100));
    node.simulation.restart(START);
    assertThat(node.simulation.xrayStartedAt())
        .as("not in the past")
        .isEqualTo(START.plusSeconds(100));
  }

  @Test
  void missedScrapesLeaveAGapAndAnUnhealthyNode() {
    Node node = new Node(Flavour.A, 10, 1, 60, 0);
    node.faults.add(new NodeFault.MissedScrapes(START.plusSeconds(120), START.plusSeconds(300)));
    node.simulation.runTo(START.plusSeconds(360));
    assertThat(node.exporter.history())
        .extracting(row -> Duration.between(START, row.collectedAt()).toMinutes())
        .containsExactly(0L, 1L, 5L, 6L);
  }

  @Test
  void theAccountsServiceDownCostsFlavourBItsSnapshotsAndFlavourAItsEmails() {
    for (Flavour flavour : Flavour.values()) {
      Node node = new Node(flavour, 30, 1, 60, 0);
      node.faults.add(
          new NodeFault.IdentitiesDown(START.plusSeconds(3600), START.plusSeconds(3700)));
      node.simulation.runTo(START.plusSeconds(3650));
      SnapshotRow last = node.exporter.history().get(node.exporter.history().size() - 1);
      if (flavour == Flavour.A) {
        assertThat(last.collectedAt()).isEqualTo(START.plusSeconds(3600));
        assertThat(last.samples()).extracting(SampleRow::email).containsOnly("unknown");
      } else {
        assertThat(last.collectedAt()).isBefore(START.plusSeconds(3600));
        assertThat(last.samples()).extracting(SampleRow::email).contains("user02@example.com");
      }
    }
  }

  /** In B's snapshots the lines of an account are one. */
  private static Map<CounterKey, Traffic> observable(Flavour flavour, GroundTruth truth) {
    return flavour == Flavour.A
        ? truth.observable()
        : GroundTruth.by(key -> new CounterKey(key.identifier(), ""), truth.observable());
  }

  private static long busyUsers(SnapshotRow before, SnapshotRow after) {
    return after.samples().stream()
        .filter(sample -> !before.samples().contains(sample))
        .map(SampleRow::uuid)
        .distinct()
        .count();
  }

  private static long bytes(List<SnapshotRow> history, int fromMinute, int toMinute) {
    return total(history.get(toMinute)) - total(history.get(fromMinute));
  }

  private static long total(SnapshotRow row) {
    return row.samples().stream()
        .mapToLong(sample -> sample.uplinkBytesTotal() + sample.downlinkBytesTotal())
        .sum();
  }

  /** A node without a socket. */
  private static final class Node {
    private final Faults faults = new Faults();
    private final Exporter exporter;
    private final Simulation simulation;

    Node(Flavour flavour, int users, long seed, int scrapeSeconds, int restartSeconds) {
      exporter =
          Exporter.of(
              NodeConfig.of(flavour, "jp-node", "prod", Access.open()).withProducerEpoch(true),
              InstantSource.fixed(START));
      SimulationConfig config =
          SimulationConfig.of(SimulatedUser.firstNumbered(users), seed, START)
              .withScrapeInterval(Duration.ofSeconds(scrapeSeconds))
              .withRestartEvery(restartSeconds == 0 ? null : Duration.ofSeconds(restartSeconds));
      simulation = new Simulation(config, exporter, faults);
    }
  }
}
