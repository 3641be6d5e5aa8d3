/**
 * What the service and its command line say to each other over HTTP. Records only: no behaviour, no
 * dependency on either side.
 */
@NullMarked
package plus.svc.billing.api;

import org.jspecify.annotations.NullMarked;
