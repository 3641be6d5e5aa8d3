package plus.svc.billing.admin;

import java.time.Instant;

/**
 * Which changes are asked for.
 *
 * @param since first instant at which they may have begun
 * @param until the instant after the last one
 * @param caller '' for everybody
 * @param operation '' for every one
 */
public record ChangeFilter(Instant since, Instant until, String caller, String operation) {}
