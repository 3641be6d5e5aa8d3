/**
<<<<<<< HEAD
 * What the service and its command line say to each other over HTTP. Records only: no behaviour,
 * no\n * dependency on either side.
=======
 * What the service and its command line say to each other over HTTP. Records only: no behaviour, no
 * dependency on either side.
>>>>>>> house
 */
@NullMarked
package plus.svc.billing.api;

import org.jspecify.annotations.NullMarked;
