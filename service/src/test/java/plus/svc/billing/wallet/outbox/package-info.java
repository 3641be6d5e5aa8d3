@NullMarked
package plus.svc.billing.wallet.outbox;

import org.jspecify.annotations.NullMarked;
