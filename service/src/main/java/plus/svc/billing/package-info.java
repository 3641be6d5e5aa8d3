/**
 * The billing service. The data goes one way:
 *
 * <pre>
 * source → snapshot → metering → rating → ledger → readmodel
 * </pre>
 *
 * <p>Each arrow is a package under {@code pipeline}; a stage sees only the types of the stage
 * before it. An architecture test holds this picture true.
 */
@NullMarked
package plus.svc.billing;

import org.jspecify.annotations.NullMarked;
