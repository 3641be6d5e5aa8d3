package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PeriodicLoopTest {

  private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final InstantSource clock = now::get;

  @Test
  void aTurnThatFailsDoesNotEndTheLoop() throws Exception {
    AtomicInteger turns = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    PeriodicLoop loop =
        new PeriodicLoop(
            "test",
            Duration.ofMillis(1),
            Duration.ofSeconds(10),
            clock,
            () -> {
              three.countDown();
              if (turns.incrementAndGet() < 3) {
                throw new IllegalStateException("on purpose");
              }
            });
    loop.start();
    assertThat(three.await(60, TimeUnit.SECONDS)).isTrue();
    loop.stop();
  }

  @Test
  void stopWaitsForTheTurnThatRuns() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    PeriodicLoop loop =
        new PeriodicLoop(
            "test",
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            clock,
            () -> {
              entered.countDown();
              try {
                gate.await();
                ended.incrementAndGet();
              } catch (InterruptedException e) {
                ended.set(-1);
              }
            });
    loop.start();
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    gate.countDown();
    loop.stop();
    assertThat(ended).hasValue(1);
  }

  @Test
  void aTurnThatDoesNotEndIsInterrupted() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    PeriodicLoop loop =
        new PeriodicLoop(
            "test",
            Duration.ofHours(1),
            Duration.ofMillis(10),
            clock,
            () -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    loop.start();
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    loop.stop();
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void itIsIllOnceTheLastGoodTurnIsTooLongAgo() throws Exception {
    AtomicLong nanos = new AtomicLong();
    PeriodicLoop loop =
        new PeriodicLoop(
            "test", Duration.ofMinutes(1), Duration.ofSeconds(10), clock, nanos::get, () -> {});
    now.set(START.plusSeconds(86_400)); // somebody sets the clock
    assertThat(loop.execute().isHealthy()).isTrue();
    nanos.set(Duration.ofSeconds(190).toNanos());
    assertThat(loop.execute().isHealthy()).isTrue();
    nanos.set(Duration.ofSeconds(191).toNanos());
    assertThat(loop.execute().isHealthy()).isFalse();
    assertThat(loop.execute().getMessage()).contains("PT3M11S");
    loop.stop();
  }
}
