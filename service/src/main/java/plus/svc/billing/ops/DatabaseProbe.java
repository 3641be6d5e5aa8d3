package plus.svc.billing.ops;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database whether it is there, in a thread of its own. Callers that come while it is
 * asked share the answer, so that an open endpoint cannot drain the pool; nobody waits longer than
 * the cap.
 */
public final class DatabaseProbe implements Managed {

  private final BooleanSupplier ping;
  private final Duration cap;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "database-probe");
            thread.setDaemon(true);
            return thread;
          });

  // Guarded by this.
  private @Nullable CompletableFuture<Boolean> asking;

  /**
   * Makes a probe that has asked nothing yet.
   *
   * @param ping true if the database answered; may hang or throw
   */
  public DatabaseProbe(BooleanSupplier ping, Duration cap) {
    this.ping = ping;
    this.cap = cap;
  }

  /** Completes within the cap: true if the database answered by then. */
  public synchronized CompletionStage<Boolean> isReachable() {
    if (asking == null || asking.isDone()) {
      asking = CompletableFuture.supplyAsync(ping::getAsBoolean, executor);
    }
    return asking
        .copy()
        .exceptionally(failed -> false)
        .completeOnTimeout(false, cap.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }
}
