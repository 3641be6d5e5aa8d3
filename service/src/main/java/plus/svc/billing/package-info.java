/**
 * The billing service. The data goes one way:\n *\n *
 *
 * <pre>\n * source → snapshot → metering → rating → ledger → readmodel\n * </pre>
 *
 * \n *\n *
 *
 * <p>Each arrow is a package under {@code pipeline}; a stage sees only the types of the stage
 * before\n * it. An architecture test holds this picture true.
 */
@NullMarked
package plus.svc.billing;

import org.jspecify.annotations.NullMarked;
