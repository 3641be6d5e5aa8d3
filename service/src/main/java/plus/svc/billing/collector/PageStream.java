package plus.svc.billing.collector;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.walk.Walk;
import plus.svc.billing.pipeline.source.walk.WalkedPage;
import plus.svc.billing.platform.trace.Trace;

/**
 * The pages of a walk, one read ahead at most: while a page is written, the next one is fetched and
 * decoded.
 */
final class PageStream {

  private static final long ABORT_AGAIN_MILLIS = 50;

  private final SourceSpec source;
  private final Walk walk;
  private final WindowFetcher fetcher;
  private final ExecutorService readers;
  private @Nullable Future<WalkedPage> ahead;

  PageStream(SourceSpec source, Walk walk, WindowFetcher fetcher, ExecutorService readers) {
    this.source = source;
    this.walk = walk;
    this.fetcher = fetcher;
    this.readers = readers;
  }

  /**
   * The next page.
   *
   * @throws SourceFailure if there is none to be had
   */
  WalkedPage next() throws SourceFailure, InterruptedException {
    Future<WalkedPage> reading = ahead;
    ahead = null;
    if (reading == null) {
      return walk.next();
    }
    try {
      return reading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SourceFailure failure) {
        throw failure;
      }
      throw new IllegalStateException("reading ahead failed", e.getCause());
    }
  }

  /** Starts to read the page after the one just given, if there is one. */
  void readAhead() {
    if (!walk.isDone()) {
      ahead = readers.submit(Trace.carry(walk::next));
    }
  }

  /** Gives up what is being read ahead and waits for its end, so that nothing goes on unseen. */
  void abandon() {
    Future<WalkedPage> reading = ahead;
    ahead = null;
    if (reading == null) {
      return;
    }
    while (!reading.isDone()) {
      // Again and again: the request may only be about to start.
      fetcher.abort(source.id());
      try {
        reading.get(ABORT_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // Given up anyway, or not over yet.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
