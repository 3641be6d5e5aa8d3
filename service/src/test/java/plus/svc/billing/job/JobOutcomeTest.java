package plus.svc.billing.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import plus.svc.billing.job.JobOutcome.Source;

class JobOutcomeTest {

  private static final Source FINE = new Source("a", null);
  private static final Source FAILING = new Source("b", "HTTP 500");

  @Test
  void allSourcesFineIsOk() {
    JobOutcome outcome = new JobOutcome(List.of(FINE), 3, 1, 0, 0);
    assertThat(outcome.status()).isEqualTo("ok");
    assertThat(outcome.error()).isEmpty();
  }

  @Test
  void anIdleSourceHasDoneItsPart() {
    assertThat(new JobOutcome(List.of(FINE), 0, 0, 0, 0).status()).isEqualTo("ok");
  }

  @Test
  void oneFailingAndOneIdleIsPartial() {
    JobOutcome outcome = new JobOutcome(List.of(FINE, FAILING), 0, 0, 0, 0);
    assertThat(outcome.status()).isEqualTo("partial");
    assertThat(outcome.error()).isEqualTo("b: HTTP 500");
  }

  @Test
  void allFailingIsAnErrorUnlessSomethingWasDoneBefore() {
    assertThat(new JobOutcome(List.of(FAILING), 0, 0, 0, 0).status()).isEqualTo("error");
    assertThat(new JobOutcome(List.of(FAILING), 5, 0, 0, 0).status()).isEqualTo("partial");
  }

  @Test
  void noSourceIsAnError() {
    JobOutcome outcome = new JobOutcome(List.of(), 0, 0, 0, 0);
    assertThat(outcome.status()).isEqualTo("error");
    assertThat(outcome.error()).isEqualTo("no source is enabled");
  }

  @Test
  void samplesSetAsideMakeItPartial() {
    JobOutcome outcome = new JobOutcome(List.of(FINE), 9, 2, 0, 3);
    assertThat(outcome.status()).isEqualTo("partial");
    assertThat(outcome.error()).isEqualTo("3 samples set aside");
  }
}
