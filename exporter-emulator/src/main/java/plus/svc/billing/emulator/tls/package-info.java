/**
 * Certificates for tests and development: good ones, and every kind of bad one a client has to
 * refuse. Nothing here is meant to protect anything.
 */
@NullMarked
package plus.svc.billing.emulator.tls;

import org.jspecify.annotations.NullMarked;
