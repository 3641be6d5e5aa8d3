/**
 * What is known of every source and minute, and from what evidence: observed, spanned, at risk or
 * pending. Takes the archive and what metering found, gives counts. Promises: one statement for all
 * sources, and that nobody who asks waits for it for long.
 */
@NullMarked
package plus.svc.billing.coverage;

import org.jspecify.annotations.NullMarked;
