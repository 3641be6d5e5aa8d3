package plus.svc.billing.platform;

import static java.time.temporal.ChronoUnit.SECONDS;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.platform.log.Happening;

/**
 * A piece of work done at the start and then again and again, a pause after each turn. A turn that
 * fails is logged and the next one comes; the health check tells the age of the last good one.
 */
public final class PeriodicLoop extends HealthCheck implements Managed {

  private static final Logger LOG = LoggerFactory.getLogger(PeriodicLoop.class);

  /** Good turns may be this many pauses apart before the loop counts as ill. */
  private static final int TOLERATED_PAUSES = 3;

  /** A turn that takes longer than this will not end any more. */
  private static final Duration LONGEST_TURN = Duration.ofMinutes(15);

  private final String name;
  private final Duration pause;
  private final Duration stopWait;
  private final InstantSource clock;
  private final Runnable turn;
  private final ScheduledExecutorService executor;
  private final Pulse pulse;
  private final LongSupplier nanos;
  private volatile Instant lastGood;
  private volatile long lastGoodNanos;

  /**
   * Makes a loop that has not started.
   *
   * @param name of the thread, in logs and of the health check
   * @param stopWait longer than the worst turn; then the turn is interrupted
   */
  public PeriodicLoop(
      String name, Duration pause, Duration stopWait, InstantSource clock, Runnable turn) {
    this(name, pause, stopWait, clock, System::nanoTime, turn);
  }

  PeriodicLoop(
      String name,
      Duration pause,
      Duration stopWait,
      InstantSource clock,
      LongSupplier nanos,
      Runnable turn) {
    this.name = name;
    this.pause = pause;
    this.stopWait = stopWait;
    this.clock = clock;
    this.turn = turn;
    this.nanos = nanos;
    this.lastGood = clock.instant();
    this.lastGoodNanos = nanos.getAsLong();
    this.pulse = new Pulse(name, pause.multipliedBy(TOLERATED_PAUSES).plus(LONGEST_TURN));
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a turn catches and logs whatever it throws
  public void start() {
    executor.scheduleWithFixedDelay(this::runTurn, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void stop() throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(stopWait.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn(Happening.STOP_TOO_LONG, "{} still runs after {}: interrupting it", name, stopWait);
      executor.shutdownNow();
    }
  }

  /** When the last good turn ended; before the first one, when the loop was made. */
  public Instant lastGood() {
    return lastGood;
  }

  /** The time between the end of a turn and the next one. */
  public Duration pause() {
    return pause;
  }

  /** Beats with every turn, good or not. */
  public Pulse pulse() {
    return pulse;
  }

  @Override
  protected Result check() {
    // By a clock that nobody sets: a step of the machine's makes no loop ill, and hides no illness.
    Duration age = Duration.ofNanos(nanos.getAsLong() - lastGoodNanos).truncatedTo(SECONDS);
    return age.compareTo(pause.multipliedBy(TOLERATED_PAUSES).plus(stopWait)) > 0
        ? Result.unhealthy("the last good turn was %s ago", age)
        : Result.healthy("the last good turn was %s ago", age);
  }

  private void runTurn() {
    pulse.beat();
    try {
      turn.run();
      lastGood = clock.instant();
      lastGoodNanos = nanos.getAsLong();
    } catch (RuntimeException | Error e) {
      LOG.error(Happening.LOOP_FAILED, "{}: a turn failed; the next one is in {}", name, pause, e);
    }
    pulse.beat();
  }
}
