/**
 * The demo: an embedded PostgreSQL, emulated exporters and the service in one process. Nothing here
 * is part of the production jar.
 */
@NullMarked
package plus.svc.billing.demo;

import org.jspecify.annotations.NullMarked;
