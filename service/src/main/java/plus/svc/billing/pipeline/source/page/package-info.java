/**
 * Takes the bytes of a window page, gives its snapshots. Promises: bounded memory, a bad sample or
 * snapshot is set aside and the rest kept, a bad page is refused with its reason.
 */
@NullMarked
package plus.svc.billing.pipeline.source.page;

import org.jspecify.annotations.NullMarked;
