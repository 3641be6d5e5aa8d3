/** Tests of the seam to payment services, against the emulator. */
@NullMarked
package plus.svc.billing.wallet.payment;

import org.jspecify.annotations.NullMarked;
