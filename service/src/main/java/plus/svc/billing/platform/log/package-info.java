/** How the log is written: as text or JSON, with one name for each happening, without secrets. */
@NullMarked
package plus.svc.billing.platform.log;

import org.jspecify.annotations.NullMarked;
