@NullMarked
package plus.svc.billing.coverage;

import org.jspecify.annotations.NullMarked;
