/** The operators' command line. It talks HTTP to the service and never to the database. */
@NullMarked
package plus.svc.billing.cli;

import org.jspecify.annotations.NullMarked;
