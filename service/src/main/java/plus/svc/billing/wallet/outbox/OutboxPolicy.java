package plus.svc.billing.wallet.outbox;

import java.time.Duration;

/**
 * How notices are sent and kept.
 *
 * @param pollInterval pause between two looks for what is due
 * @param keep how long what was delivered is kept, and a notice that nobody wanted
 * @param keepDead how long dead letters are kept
 */
public record OutboxPolicy(
    RetryPolicy retries, Duration pollInterval, Duration keep, Duration keepDead) {}
