/** Ids and quantities as types: no I/O, no dependencies. */
@NullMarked
package plus.svc.billing.quantity;

import org.jspecify.annotations.NullMarked;
