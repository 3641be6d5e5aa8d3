/**
 * How an answer to an operator travels and how it is shown: a stream of events, and what makes
 * tables, JSON, CSV and HTML of it. The service and the command line both use it.
 */
@NullMarked
package plus.svc.billing.api.report;

import org.jspecify.annotations.NullMarked;
