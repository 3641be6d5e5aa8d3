/** What runs, whether it works, whether it can take calls: open to everybody, so nothing secret. */
@NullMarked
package plus.svc.billing.ops;

import org.jspecify.annotations.NullMarked;
