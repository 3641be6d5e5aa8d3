@NullMarked
package plus.svc.billing.platform.log;

import org.jspecify.annotations.NullMarked;
