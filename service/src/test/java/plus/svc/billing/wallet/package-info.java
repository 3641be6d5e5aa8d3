@NullMarked
package plus.svc.billing.wallet;

import org.jspecify.annotations.NullMarked;
