@NullMarked
package plus.svc.billing.api.report;

import org.jspecify.annotations.NullMarked;
