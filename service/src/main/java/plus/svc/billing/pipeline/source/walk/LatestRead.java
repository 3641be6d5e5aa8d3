package plus.svc.billing.pipeline.source.walk;

import java.time.Duration;
import java.time.Instant;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;

/**
 * Reads the one snapshot that {@code /v1/snapshots/latest} has: a walk of one page, empty if the
 * exporter has none yet.
 */
public final class LatestRead implements Walk {

  /** How far an exporter's clock may be ahead of ours. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private final WindowFetcher fetcher;
  private final SourceSpec source;
  private final Sieve sieve;
  private boolean done;

  /**
   * Prepares the read; asks nothing yet.
   *
   * @param now snapshots from later on are set aside, but for a minute's skew of the clocks
   */
  public LatestRead(WindowFetcher fetcher, SourceSpec source, Instant now) {
    this.fetcher = fetcher;
    this.source = source;
    this.sieve = new Sieve(source, at -> !at.isAfter(now.plus(SKEW)));
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public WalkedPage next() throws SourceFailure {
    if (done) {
      throw new IllegalStateException("there is only one latest snapshot");
    }
    done = true;
    return sieve.sift(fetcher.fetchLatest(source), null);
  }
}
