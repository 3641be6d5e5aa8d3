/**
 * The operators' command line. It talks HTTP to the service and never to the database: a verb asks
 * {@link plus.svc.billing.cli.ServiceClient} for one answer, prints it and gives its verdict as the
 * exit code.
 */
@NullMarked
package plus.svc.billing.cli;

import org.jspecify.annotations.NullMarked;
