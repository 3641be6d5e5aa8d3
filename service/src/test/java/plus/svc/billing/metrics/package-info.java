@NullMarked
package plus.svc.billing.metrics;

import org.jspecify.annotations.NullMarked;
