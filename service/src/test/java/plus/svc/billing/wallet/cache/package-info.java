@NullMarked
package plus.svc.billing.wallet.cache;

import org.jspecify.annotations.NullMarked;
