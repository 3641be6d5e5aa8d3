package plus.svc.billing.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class LanesTest {

  private final Lanes lanes = new Lanes(4);
  private final List<Job> jobs = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    jobs.forEach(job -> job.go.countDown());
    lanes.shutdown();
    assertThat(lanes.awaitEnd(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void aLaneHasItsOwnSlotsAndNoMore() throws Exception {
    List<Job> failing = submit(3, Lane.FAILING);
    failing.get(0).awaitStart();
    Job healthy = submit(1, Lane.READY).get(0);
    healthy.awaitStart();
    assertThat(failing.stream().filter(Job::hasStarted)).hasSize(1);
    failing.get(0).go.countDown();
    failing.get(1).awaitStart();
    assertThat(failing.get(2).hasStarted()).isFalse();
  }

  @Test
  void whoHoldsAReadySlotUpGoesOnAsideWhereThereIsASlotToSpare() throws Exception {
    List<Job> first = submit(4, Lane.READY);
    for (Job job : first) {
      job.awaitStart();
    }
    Job next = submit(1, Lane.READY).get(0);
    lanes.relieve();
    assertThat(next.hasStarted()).as("nobody holds a slot up").isFalse();
    first.get(1).heldUp = true;
    lanes.relieve();
    next.awaitStart();
    assertThat(first.get(1).cut).hasValue(0);
  }

  @Test
  void whoHoldsAReadySlotUpIsCutShortOnlyForThoseWhoWait() throws Exception {
    submit(1, Lane.SLOW).get(0).awaitStart();
    List<Job> first = submit(4, Lane.READY);
    for (Job job : first) {
      job.awaitStart();
      job.heldUp = true;
    }
    lanes.relieve();
    assertThat(first).allSatisfy(job -> assertThat(job.cut).hasValue(0));
    List<Job> waiting = submit(2, Lane.READY);
    lanes.relieve();
    assertThat(first.stream().mapToInt(job -> job.cut.get()).sum()).isEqualTo(2);
    first.stream().filter(job -> job.cut.get() > 0).forEach(job -> job.go.countDown());
    for (Job job : waiting) {
      job.awaitStart();
    }
  }

  @Test
  void whatWaitsWhenItStopsIsRefusedAndWhatRunsComesToItsEnd() throws Exception {
    List<Job> failing = submit(2, Lane.FAILING);
    failing.get(0).awaitStart();
    lanes.shutdown();
    assertThat(failing.get(1).refused).hasValue(1);
    assertThat(failing.get(0).refused).hasValue(0);
    Job late = submit(1, Lane.READY).get(0);
    assertThat(late.refused).hasValue(1);
  }

  private List<Job> submit(int count, Lane lane) {
    List<Job> fresh = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Job job = new Job();
      fresh.add(job);
      jobs.add(job);
      lanes.submit(job, lane);
    }
    return fresh;
  }

  /** Work that takes until it is let go. */
  private static final class Job implements Lanes.Work {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean heldUp;

    @Override
    public void turn() {
      started.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean isHeldUp() {
      return heldUp;
    }

    @Override
    public Lane aside() {
      return Lane.SLOW;
    }

    @Override
    public void stepAside() {
      cut.incrementAndGet();
    }

    @Override
    public void refuse() {
      refused.incrementAndGet();
    }

    boolean hasStarted() {
      return started.getCount() == 0;
    }

    void awaitStart() throws InterruptedException {
      assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
