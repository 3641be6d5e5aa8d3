/**
 * Stage 3, pure. Takes a node's snapshots in order and the state before them, gives bytes per
 * series and minute and the state after. Promises: nothing dropped, nothing counted twice, nothing
 * guessed; what can't be decided is set aside with its reason.
 */
@NullMarked
package plus.svc.billing.pipeline.metering;

import org.jspecify.annotations.NullMarked;
