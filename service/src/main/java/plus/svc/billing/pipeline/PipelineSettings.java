package plus.svc.billing.pipeline;

import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * What the pipeline is told once.
 *
 * @param defaultRegion region of nodes that are seen for the first time
 * @param sourceRevision revision of this service, as buckets show it
 * @param zeroBuckets whether accounts that are present without usage get a bucket of zero bytes,
 *     for readers that take freshness from the newest bucket; ledger rows they never get
 */
public record PipelineSettings(
    RatingPolicy rating, String defaultRegion, String sourceRevision, boolean zeroBuckets) {

  /** Without buckets for usage that there was not. */
  public PipelineSettings(RatingPolicy rating, String defaultRegion, String sourceRevision) {
    this(rating, defaultRegion, sourceRevision, false);
  }
}
