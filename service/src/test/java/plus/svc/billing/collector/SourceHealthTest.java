package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SourceHealthTest {

  private static final Instant LATER = Instant.parse("2026-04-08T10:00:00Z");

  private static SourceHealth refused(int times) {
    SourceHealth health = SourceHealth.UNKNOWN.answered(false, false);
    for (int i = 0; i < times; i++) {
      health = health.refused(LATER);
    }
    return health;
  }

  @Test
  void theCircuitOpensAfterSomeRefusalsInARowAndAnAnswerClosesIt() {
    assertThat(refused(Pace.CIRCUIT_OPENS_AFTER - 1).isOpen()).isFalse();
    SourceHealth open = refused(Pace.CIRCUIT_OPENS_AFTER);
    assertThat(open.isOpen()).isTrue();
    assertThat(open.pausedUntil()).isEqualTo(LATER);
    assertThat(open.failedWithin().isOpen()).as("our trouble changes nothing").isTrue();

    SourceHealth wrong = open.answered(false, true);
    assertThat(wrong.isOpen()).as("an answer, if a wrong one").isFalse();
    assertThat(wrong.failures()).isEqualTo(Pace.CIRCUIT_OPENS_AFTER + 1);
    assertThat(wrong.refused(LATER).isOpen()).as("counted from one again").isFalse();
    assertThat(open.answered(false, false).failures()).isZero();
    assertThat(open.answered(false, false).pausedUntil()).isNull();
  }

  @Test
  void whoRefusedWaitsWithTheFailingAndWhoIsSlowWithTheSlow() {
    assertThat(SourceHealth.UNKNOWN.lane()).isEqualTo(Lane.READY);
    assertThat(refused(0).answered(true, false).lane()).isEqualTo(Lane.SLOW);
    assertThat(refused(1).lane()).isEqualTo(Lane.FAILING);
    assertThat(refused(1).answered(false, false).lane()).isEqualTo(Lane.READY);

    assertThat(SourceHealth.UNKNOWN.aside()).as("it never answered").isEqualTo(Lane.FAILING);
    assertThat(refused(0).aside()).isEqualTo(Lane.SLOW);
    assertThat(refused(1).aside()).isEqualTo(Lane.FAILING);
  }

  @Test
  void aStartKnowsWhoFailedLastAndGivesAllAnotherTry() {
    SourceHealth failed = SourceHealth.recalled(true, true);
    assertThat(failed.lane()).isEqualTo(Lane.FAILING);
    assertThat(failed.failures()).isEqualTo(1);
    assertThat(failed.isOpen()).isFalse();
    assertThat(SourceHealth.recalled(true, false).lane()).isEqualTo(Lane.READY);
    assertThat(SourceHealth.recalled(true, false).aside()).isEqualTo(Lane.SLOW);
    assertThat(SourceHealth.recalled(false, false).aside()).isEqualTo(Lane.FAILING);
  }
}
