@NullMarked
package plus.svc.billing.emulator.xray;

import org.jspecify.annotations.NullMarked;
