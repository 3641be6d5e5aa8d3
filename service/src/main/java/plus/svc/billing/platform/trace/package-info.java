/**
 * Traces by OpenTelemetry, from the pull to the commit. Nothing is traced unless an endpoint is
 * named or the agent is attached; until then it costs next to nothing.
 */
@NullMarked
package plus.svc.billing.platform.trace;

import org.jspecify.annotations.NullMarked;
