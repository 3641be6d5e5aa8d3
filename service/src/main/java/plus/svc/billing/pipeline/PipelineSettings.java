package plus.svc.billing.pipeline;

import plus.svc.billing.pipeline.rating.RatingPolicy;

/**
 * What the pipeline is told once.
 *
 * @param defaultRegion region of nodes that are seen for the first time
 * @param sourceRevision revision of this service, as buckets show it
 */
public record PipelineSettings(RatingPolicy rating, String defaultRegion, String sourceRevision) {}
