/** Tests of mending what is not as its evidence says. */
@NullMarked
package plus.svc.billing.repair;

import org.jspecify.annotations.NullMarked;
