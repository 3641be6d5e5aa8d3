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
  private final ScheduledFuture<?> alarm;
  private final AtomicReference<SourceFailure> ended = new AtomicReference<>();

  private UnderWay(HttpGet request, Duration time, ScheduledExecutorService timer) {
    this.request = request;
    this.alarm =
        timer.schedule(
            () -> end(Kind.TIMEOUT, "no whole answer within " + time.toMillis() + " ms"),
            time.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  static UnderWay start(HttpGet request, Duration time, ScheduledExecutorService timer) {
    return new UnderWay(request, time, timer);
  }

  /** Ends the request at once. */
  void abort() {
    end(Kind.UNREACHABLE, "the request was given up from our side");
  }

  /**
   * Checks that we didn't end the request ourselves.
   *
   * @throws SourceFailure why we did
   */
  void checkNotEnded() throws SourceFailure {
    SourceFailure reason = ended.get();
    if (reason != null) {
      throw reason;
    }
  }

  /** The request is over, one way or the other. */
  @Override
  public void close() {
    alarm.cancel(false);
  }

  private void end(Kind kind, String reason) {
    ended.compareAndSet(null, new SourceFailure(kind, reason));
    request.cancel();
  }
}
