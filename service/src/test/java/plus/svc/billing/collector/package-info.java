@NullMarked
package plus.svc.billing.collector;

import org.jspecify.annotations.NullMarked;
