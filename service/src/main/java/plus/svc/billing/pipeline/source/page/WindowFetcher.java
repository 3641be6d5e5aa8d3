package plus.svc.billing.pipeline.source.page;

import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceSpec;

/** Asks sources for pages. Safe for many threads; one request a source at a time. */
public interface WindowFetcher {

  /**
   * Fetches one page, within the source's request timeout as a whole.
   *
   * @throws SourceFailure with the reason, if it is not there whole in time
   */
  WindowPage fetchWindow(SourceSpec source, WindowQuery query) throws SourceFailure;

  /**
   * Fetches the newest snapshot that the source has, within the source's request timeout.
   *
   * @return a page of one snapshot, or of none if the source has none yet
   * @throws SourceFailure with the reason, if it is not there whole in time
   */
  default WindowPage fetchLatest(SourceSpec source) throws SourceFailure {
    throw new SourceFailure(SourceFailure.Kind.NOT_FOUND, "it has no latest snapshot to read");
  }

  /** Ends the source's request, if one is on its way; that fetch then fails at once. */
  void abort(SourceId source);
}
