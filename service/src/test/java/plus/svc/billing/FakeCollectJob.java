package plus.svc.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.SourceStatus;
import plus.svc.billing.job.CollectJob;
import plus.svc.billing.job.JobOutcome;
import plus.svc.billing.job.ReconcileRange;
import plus.svc.billing.job.ReconcileRequest;

/** A job that does what the test says, and waits where the test holds it. */
final class FakeCollectJob implements CollectJob {

  static final JobOutcome FINE =
      new JobOutcome(List.of(new JobOutcome.Source("a", null)), 7, 3, 1, 0);

  final AtomicInteger runs = new AtomicInteger();
  volatile JobOutcome outcome = FINE;
  volatile @Nullable RuntimeException failure;
  volatile List<SourceStatus> sources = List.of(source("a", ""));
  volatile @Nullable RuntimeException sourcesFailure;
  volatile String asked = "";
  volatile Duration lookBack = Duration.ZERO;
  volatile CountDownLatch entered = new CountDownLatch(1);
  volatile CountDownLatch reconcileGate = new CountDownLatch(0);
  private volatile CountDownLatch gate = new CountDownLatch(0);

  static SourceStatus source(String id, String error) {
    Instant at = Instant.parse("2026-01-31T10:00:00Z");
    return new SourceStatus(id, "n", "prod", at, at, at, error, "", 60L, 0, 0, "");
  }

  /** Lets the next run wait until {@link #release()}. */
  void hold() {
    entered = new CountDownLatch(1);
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  void awaitEntered() throws InterruptedException {
    if (!entered.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the job did not start");
    }
  }

  @Override
  public JobOutcome collectAll() {
    runs.incrementAndGet();
    entered.countDown();
    await(gate);
    if (failure != null) {
      throw failure;
    }
    return outcome;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public JobOutcome reconcile(ReconcileRequest request) {
    lookBack = request.lookBack();
    await(reconcileGate);
    return outcome;
  }

  @Override
  public JobOutcome reconcile(@Nullable String sourceId, ReconcileRange.Ends ends) {
    asked = sourceId + " " + ends.since() + " " + ends.until();
    return collectAll();
  }

  @Override
  public List<SourceStatus> sources() {
    if (sourcesFailure != null) {
      throw sourcesFailure;
    }
    return sources;
  }
}
