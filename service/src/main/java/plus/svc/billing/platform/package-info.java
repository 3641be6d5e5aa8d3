/** What every part stands on: settings, secrets, durations, bulk writes. */
@NullMarked
package plus.svc.billing.platform;

import org.jspecify.annotations.NullMarked;
