/**
 * Takes a window of one source, gives its snapshots page by page in ascending order. Promises: only
 * snapshots of the expected node within the asked window, and an end, whatever the source's paging
 * does.
 */
@NullMarked
package plus.svc.billing.pipeline.source.walk;

import org.jspecify.annotations.NullMarked;
