@NullMarked
package plus.svc.billing.admin;

import org.jspecify.annotations.NullMarked;
