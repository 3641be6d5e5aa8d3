/**
 * What a node's readings must come to, written from the rules alone: it shares no code with the
 * metering it judges. Pure, one node and one reading at a time.
 */
@NullMarked
package plus.svc.billing.audit.reference;

import org.jspecify.annotations.NullMarked;
