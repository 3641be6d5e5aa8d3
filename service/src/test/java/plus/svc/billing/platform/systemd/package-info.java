@NullMarked
package plus.svc.billing.platform.systemd;

import org.jspecify.annotations.NullMarked;
