/**
 * Stage 6. Takes what the ledger posted, shows it in the tables that {@code accounts.svc.plus}
 * reads. Promises: named columns only, by difference, so that what others write there stays.
 */
@NullMarked
package plus.svc.billing.pipeline.readmodel;

import org.jspecify.annotations.NullMarked;
