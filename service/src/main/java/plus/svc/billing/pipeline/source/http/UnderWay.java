package plus.svc.billing.pipeline.source.http;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceFailure.Kind;

/**
 * A request on its way. It ends at its deadline whatever it is doing: a read timeout alone never
 * ends a slow drip.
 */
final class UnderWay implements AutoCloseable {

  private final HttpGet request;
  private final Duration time;
  private final long begin = System.nanoTime();
  private final ScheduledFuture<?> alarm;
  private final AtomicReference<SourceFailure> ended = new AtomicReference<>();

  private UnderWay(HttpGet request, Duration time, ScheduledExecutorService timer) {
    this.request = request;
    this.time = time;
    this.alarm = timer.schedule(() -> end(tooLate()), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  static UnderWay start(HttpGet request, Duration time, ScheduledExecutorService timer) {
    return new UnderWay(request, time, timer);
  }

  /** Ends the request at once. */
  void abort() {
    end(new SourceFailure(Kind.UNREACHABLE, "the request was given up from our side"));
  }

  private SourceFailure tooLate() {
    return new SourceFailure(Kind.TIMEOUT, "no whole answer within " + time.toMillis() + " ms");
  }

  /**
   * Checks that we didn't end the request ourselves, and that its time isn't over: a timeout of the
   * socket's that comes a moment before the alarm means the same.
   *
   * @throws SourceFailure why it ended
   */
  void checkNotEnded() throws SourceFailure {
    SourceFailure reason = ended.get();
    if (reason != null) {
      throw reason;
    }
    if (System.nanoTime() - begin >= time.toNanos()) {
      throw tooLate();
    }
  }

  /** The request is over, one way or the other. */
  @Override
  public void close() {
    alarm.cancel(false);
  }

  private void end(SourceFailure reason) {
    ended.compareAndSet(null, reason);
    request.cancel();
  }
}
