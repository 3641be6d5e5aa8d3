package plus.svc.billing.ingest;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many bodies are in memory at a time. One caller gets at most half of the slots, so
 * that a slow or hostile one leaves the others theirs.
 */
final class Slots {

  /** More than these wait for no slot: each holds a thread. */
  private static final int MOST_WAITING = 256;

  private final int ofOneCaller;
  private final Duration patience;
  private final Semaphore all;
  private final Map<String, Semaphore> byCaller = new ConcurrentHashMap<>();

  /**
   * @param patience how long a caller waits for a slot of its own, and then for one of all
   */
  Slots(int total, Duration patience) {
    this.ofOneCaller = Math.max(1, total / 2);
    this.patience = patience;
    this.all = new Semaphore(total, true);
  }

  /** A slot that is taken. */
  interface Slot {
    void free();
  }

  /**
   * Waits for a slot.
   *
   * @throws PushRefused if there is none for too long
   */
  Slot take(String caller) throws PushRefused, InterruptedException {
    Semaphore own = byCaller.computeIfAbsent(caller, name -> new Semaphore(ofOneCaller, true));
    acquire(own);
    try {
      acquire(all);
    } catch (PushRefused | InterruptedException e) {
      own.release();
      throw e;
    }
    return () -> {
      all.release();
      own.release();
    };
  }

  private void acquire(Semaphore semaphore) throws PushRefused, InterruptedException {
    if (semaphore.getQueueLength() >= MOST_WAITING
        || !semaphore.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new PushRefused(
          PushRefused.Reason.BUSY, "too many pushes at the same time; send the same again later");
    }
  }
}
