@NullMarked
package plus.svc.billing.emulator;

import org.jspecify.annotations.NullMarked;
