/**
 * Stage 5. Takes buckets with what they cost, posts the difference to what was posted before, and
 * keeps balances and quota. Promises: rows are only added, each names its bucket and what it
 * corrects, and a balance is the sum of its rows.
 */
@NullMarked
package plus.svc.billing.pipeline.ledger;

import org.jspecify.annotations.NullMarked;
