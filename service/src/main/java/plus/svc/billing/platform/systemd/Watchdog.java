package plus.svc.billing.platform.systemd;

import io.dropwizard.lifecycle.Managed;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.Pulse;
import plus.svc.billing.platform.log.Happening;

/**
 * Gives signs of life while every loop goes on; once one stands still there are none any more, and
 * the service manager ends the process and starts it anew. A database that is away is no such
 * reason: loops fail then, and go on.
 */
public final class Watchdog implements Managed {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** Signs in the time the service manager waits for one. */
  private static final int SIGNS_IN_TIME = 3;

  private final ServiceManager manager;
  private final Supplier<List<Pulse>> pulses;
  private final ScheduledExecutorService executor;

  /**
   * Makes one that has not started.
   *
   * @param pulses of the loops there are
   */
  public Watchdog(ServiceManager manager, Supplier<List<Pulse>> pulses) {
    this.manager = manager;
    this.pulses = pulses;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "watchdog");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a look that throws ends the signs, as it should
  public void start() {
    long pause = manager.watchdog().toNanos() / SIGNS_IN_TIME;
    if (pause > 0) {
      executor.scheduleAtFixedRate(this::look, 0, pause, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  private void look() {
    List<String> still = pulses.get().stream().filter(Pulse::isStill).map(Pulse::name).toList();
    if (still.isEmpty()) {
      manager.alive();
    } else {
      LOG.error(
          Happening.LOOP_STILL,
          "no sign of life is given to the service manager: {} stand still",
          still);
    }
  }
}
