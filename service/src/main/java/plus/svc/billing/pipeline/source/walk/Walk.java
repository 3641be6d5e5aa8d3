package plus.svc.billing.pipeline.source.walk;

import plus.svc.billing.pipeline.source.SourceFailure;

/** Pages of a source, one a call; one thread at a time. */
public interface Walk {

  /** Whether there is no further page. */
  boolean isDone();

  /**
   * Reads the next page.
   *
   * @throws SourceFailure if it cannot be had; the walk is over then
   * @throws IllegalStateException if the walk is over
   */
  WalkedPage next() throws SourceFailure;
}
