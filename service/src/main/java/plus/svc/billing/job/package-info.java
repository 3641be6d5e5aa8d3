/**
 * The two job calls and {@code /v1/status}. A run belongs to the service and not to the caller: who
 * triggers while one runs joins it, and who cannot wait is told that it goes on.
 */
@NullMarked
package plus.svc.billing.job;

import org.jspecify.annotations.NullMarked;
