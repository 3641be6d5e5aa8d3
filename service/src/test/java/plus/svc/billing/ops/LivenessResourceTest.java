package plus.svc.billing.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import plus.svc.billing.platform.Pulse;

class LivenessResourceTest {

  private static int statusOf(Pulse... pulses) {
    return new LivenessResource(() -> List.of(pulses)).live().getStatus();
  }

  @Test
  void oneLoopThatStandsStillIsEnoughToBeStuck() {
    Pulse beating = new Pulse("beating", Duration.ofHours(1));
    Pulse still = new Pulse("still", Duration.ofNanos(-1));
    assertThat(statusOf(beating)).isEqualTo(200);
    assertThat(statusOf(beating, still)).isEqualTo(503);
    assertThat(new StartupResource(() -> false).started().getStatus()).isEqualTo(503);
  }
}
