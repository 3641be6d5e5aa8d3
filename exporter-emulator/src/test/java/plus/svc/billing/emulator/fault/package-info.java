@NullMarked
package plus.svc.billing.emulator.fault;

import org.jspecify.annotations.NullMarked;
