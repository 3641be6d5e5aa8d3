/**
 * Explains what was billed: from a ledger row or a minute back to bucket, price, quota, counters
 * and snapshots, from a snapshot forward to what it wrote, and a balance at any instant. Reads
 * only, and names accounts by their UUID alone.
 */
@NullMarked
package plus.svc.billing.explain;

import org.jspecify.annotations.NullMarked;
