/**
 * What any service needs and none of it about billing: settings, durations, secrets, the database's
 * address.
 */
@NullMarked
package plus.svc.billing.platform;

import org.jspecify.annotations.NullMarked;
