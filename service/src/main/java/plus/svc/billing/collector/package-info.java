/**
 * The managed loop that pulls: each source in turns of its own, under a lease, page by page into
 * the pipeline. Promises: a source is read by one instance at a time, one source's trouble stays
 * its own, and at most two pages of a source are in memory.
 */
@NullMarked
package plus.svc.billing.collector;

import org.jspecify.annotations.NullMarked;
