package plus.svc.billing.pipeline.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.junit.jupiter.api.Test;
import plus.svc.billing.pipeline.source.SourceFailure;

final class UnderWayTest {

  @Test
  void whatBreaksAfterItsTimeIsATimeoutThoughTheAlarmIsLate() throws Exception {
    ScheduledExecutorService busy = Executors.newSingleThreadScheduledExecutor();
    CountDownLatch over = new CountDownLatch(1);
    Future<?> keptBusy =
        busy.submit(
            () -> {
              over.await();
              return null;
            });
    try (UnderWay turn =
        UnderWay.start(new HttpGet("http://127.0.0.1/"), Duration.ofNanos(1), busy)) {
      assertThatExceptionOfType(SourceFailure.class)
          .isThrownBy(turn::checkNotEnded)
          .satisfies(failure -> assertThat(failure.kind()).isEqualTo(SourceFailure.Kind.TIMEOUT));
      assertThat(keptBusy).isNotDone();
    } finally {
      busy.shutdownNow();
    }
  }
}
