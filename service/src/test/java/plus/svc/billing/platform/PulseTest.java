package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Pulse pulse = new Pulse("loop", Duration.ofNanos(10), nanos::get);

  @Test
  void itIsStillOnceTheLastBeatIsTooLongAgo() {
    nanos.addAndGet(10);
    assertThat(pulse.isStill()).isFalse();
    nanos.addAndGet(1);
    assertThat(pulse.isStill()).isTrue();
    pulse.beat();
    assertThat(pulse.isStill()).isFalse();
  }
}
