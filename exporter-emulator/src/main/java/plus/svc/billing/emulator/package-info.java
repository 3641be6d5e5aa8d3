/**
 * An emulator of the platform's traffic exporters. It depends on nothing else of this project, so
 * that it can stand as an independent witness in tests and run alone.
 */
@NullMarked
package plus.svc.billing.emulator;

import org.jspecify.annotations.NullMarked;
