/**
 * Stage 2. Takes what a source sent, archives each snapshot once per node and instant, and gives
 * the accepted ones in order. Promises: the same instant again changes nothing, or the larger
 * counters win and the conflict is recorded.
 */
@NullMarked
package plus.svc.billing.pipeline.snapshot;

import org.jspecify.annotations.NullMarked;
