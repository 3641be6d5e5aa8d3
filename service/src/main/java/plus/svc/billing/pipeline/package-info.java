/**
 * The data's way: {@code source -> snapshot -> metering -> rating -> ledger -> readmodel}. {@link
 * plus.svc.billing.pipeline.Pipeline} calls the stages in that order within one transaction.
 */
@NullMarked
package plus.svc.billing.pipeline;

import org.jspecify.annotations.NullMarked;
