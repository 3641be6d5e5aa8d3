/** Tests of recharges. */
@NullMarked
package plus.svc.billing.wallet.recharge;

import org.jspecify.annotations.NullMarked;
