/**
 * What Prometheus reads of a running service. Takes what the stages, sources, jobs and loops tell
 * of themselves and gives one registry; nothing here is ever read back by what it measures, so that
 * a double may stand for money. Promises: the number of series is bounded by the sources, and those
 * are capped.
 */
@NullMarked
package plus.svc.billing.metrics;

import org.jspecify.annotations.NullMarked;
