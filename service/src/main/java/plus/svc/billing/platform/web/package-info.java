/** What every HTTP edge shares: error bodies and the line end. */
@NullMarked
package plus.svc.billing.platform.web;

import org.jspecify.annotations.NullMarked;
