@NullMarked
package plus.svc.billing.emulator.window;

import org.jspecify.annotations.NullMarked;
