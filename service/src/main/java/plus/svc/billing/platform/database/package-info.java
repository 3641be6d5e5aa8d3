/**
 * The database's address in its many spellings, and what must hold of it before the service starts.
 */
@NullMarked
package plus.svc.billing.platform.database;

import org.jspecify.annotations.NullMarked;
