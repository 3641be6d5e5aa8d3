package plus.svc.billing.job;

import java.time.Duration;

/**
 * What to reconcile.
 *
 * @param lookBack how far back from now
 */
public record ReconcileRequest(Duration lookBack) {}
