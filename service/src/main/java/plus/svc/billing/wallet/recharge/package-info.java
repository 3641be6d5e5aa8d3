/**
 * Recharges: orders, their payments, and the credit that each successful one posts exactly once.
 * {@link plus.svc.billing.wallet.recharge.RechargeState} decides without any I/O; {@link
 * plus.svc.billing.wallet.recharge.Recharge} is what callers use, {@link
 * plus.svc.billing.wallet.recharge.RechargePoll} asks about what nobody told us. What each says
 * commutes: an order ends in the same state with the same entries whoever said what in which order
 * and how often.
 */
@NullMarked
package plus.svc.billing.wallet.recharge;

import org.jspecify.annotations.NullMarked;
