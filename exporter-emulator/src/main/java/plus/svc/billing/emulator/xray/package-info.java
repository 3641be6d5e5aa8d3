/**
 * A simulated Xray process and the people who use it. Everything here is driven by steps on a clock
 * that someone else advances, and is the same again for the same seed. It also keeps the truth:
 * every byte it ever emitted, and those that no snapshot can tell of.
 */
@NullMarked
package plus.svc.billing.emulator.xray;

import org.jspecify.annotations.NullMarked;
