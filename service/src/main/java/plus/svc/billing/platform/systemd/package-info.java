/** What the service manager that started us is told: that we listen, live, and stop. */
@NullMarked
package plus.svc.billing.platform.systemd;

import org.jspecify.annotations.NullMarked;
