/**
 * Proves what is written, or names what is not as it must be. Takes the evidence (the archive, or
 * what exporters still remember) and every fact on one consistent view of the database, gives
 * findings. Promises: it changes nothing, it shares no arithmetic with what it judges, and its
 * memory does not grow with the time it looks at.
 */
@NullMarked
package plus.svc.billing.audit;

import org.jspecify.annotations.NullMarked;
