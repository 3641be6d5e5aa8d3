package plus.svc.billing.emulator.xray;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class XrayCountersTest {
  private static final Instant TEN = Instant.parse("2026-04-12T10:00:00Z");
  private static final CounterKey ONE = new CounterKey("one", "tcp");
  private static final CounterKey TWO = new CounterKey("two", "tcp");
  private final XrayCounters counters = new XrayCounters(TEN);

  @Test
  void aUserIsAbsentUntilTrafficFlows() {
    counters.add(ONE, Traffic.NONE);
    assertThat(counters.read()).isEmpty();
    counters.add(ONE, new Traffic(0, 1));
    assertThat(counters.read()).hasSize(2);
  }

  @Test
  void aRestartLosesWhatCameAfterTheLastSnapshot() {
    counters.add(ONE, new Traffic(10, 100));
    counters.kept(TEN);
    counters.add(ONE, new Traffic(1, 2));
    counters.add(TWO, new Traffic(3, 4));
    counters.restart(TEN.plusSeconds(30));

    assertThat(counters.read()).isEmpty();
    assertThat(counters.startedAt()).isEqualTo(TEN.plusSeconds(30));
    assertThat(counters.groundTruth().blind())
        .containsExactly(
            new BlindSpell(
                TEN, TEN.plusSeconds(30), Map.of(ONE, new Traffic(1, 2), TWO, new Traffic(3, 4))));
    assertThat(counters.groundTruth().observable()).isEqualTo(Map.of(ONE, new Traffic(10, 100)));
  }

  @Test
  void everythingIsBlindBeforeTheFirstSnapshot() {
    counters.add(ONE, new Traffic(10, 100));
    counters.restart(TEN);
    assertThat(counters.groundTruth().blind())
        .containsExactly(new BlindSpell(null, TEN, Map.of(ONE, new Traffic(10, 100))));
  }

  @Test
  void aRestartWithoutTrafficSinceIsBlindForNothing() {
    counters.add(ONE, new Traffic(10, 100));
    counters.kept(TEN);
    counters.restart(TEN.plusSeconds(1));
    assertThat(counters.groundTruth().blindTotal()).isEqualTo(Traffic.NONE);
    assertThat(counters.groundTruth().blind()).hasSize(1);
  }

  @Test
  void whatIsNotYetInASnapshotIsTold() {
    counters.add(ONE, new Traffic(10, 100));
    counters.kept(TEN);
    counters.add(ONE, new Traffic(1, 0));
    assertThat(counters.groundTruth().notYetSnapped()).isEqualTo(Map.of(ONE, new Traffic(1, 0)));
  }

  @Test
  void anOverwrittenSnapshotOfAnEndedProcessTakesItsBytesWithIt() {
    counters.add(ONE, new Traffic(10, 0));
    counters.kept(TEN);
    counters.add(ONE, new Traffic(5, 0));
    counters.kept(TEN.plusSeconds(60));
    counters.restart(TEN.plusSeconds(70));
    counters.add(ONE, new Traffic(2, 0));
    assertThat(counters.groundTruth().blindTotal()).isEqualTo(Traffic.NONE);

    counters.kept(TEN.plusSeconds(60)); // The same minute's row again.

    BlindSpell spell = counters.groundTruth().blind().get(0);
    assertThat(spell.total()).isEqualTo(new Traffic(5, 0));
    assertThat(spell.lastSnapshotAt()).isEqualTo(TEN);
    assertThat(counters.groundTruth().observableTotal()).isEqualTo(new Traffic(12, 0));
  }
}
