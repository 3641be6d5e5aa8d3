/**
 * What can go wrong with an exporter, as values: applied one by one from code, or read from a
 * script.
 */
@NullMarked
package plus.svc.billing.emulator.fault;

import org.jspecify.annotations.NullMarked;
