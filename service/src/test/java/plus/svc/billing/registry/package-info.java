@NullMarked
package plus.svc.billing.registry;

import org.jspecify.annotations.NullMarked;
