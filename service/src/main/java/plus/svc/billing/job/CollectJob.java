package plus.svc.billing.job;

import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.SourceStatus;

/** What the jobs do; the collector behind it is wired in. */
public interface CollectJob {

  /** Takes what is new from every enabled source; a failing source is an outcome, no exception. */
  JobOutcome collectAll();

  /** As {@link #collectAll()}, but reads the look-back again. */
  JobOutcome reconcile(ReconcileRequest request);

  /**
   * Asks exporters for a stretch of time again, and mends what differs from what is written.
   *
   * @param sourceId one source only, null for all
   */
  JobOutcome reconcile(@Nullable String sourceId, ReconcileRange.Ends ends);

  /** Where each enabled source stands, from memory: answers at once, whatever runs. */
  List<SourceStatus> sources();

  /** The same with what the database tells of how complete they are; waits a moment at most. */
  default List<SourceStatus> sourcesInDetail() {
    return sources();
  }
}
