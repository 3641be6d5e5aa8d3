@NullMarked
package plus.svc.billing.emulator.tls;

import org.jspecify.annotations.NullMarked;
