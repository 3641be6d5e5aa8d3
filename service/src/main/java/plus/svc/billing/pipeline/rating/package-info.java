/**
 * Stage 4, pure. Takes an account's buckets in the order (minute, node, line), its quota and the
 * prices in force, gives what each bucket costs. Promises: the same buckets always cost the same,
 * whatever order they came in; decimals are exact, nothing is rounded.
 */
@NullMarked
package plus.svc.billing.pipeline.rating;

import org.jspecify.annotations.NullMarked;
