package plus.svc.billing.pipeline.metering;

/**
 * How a node's counters are to be read.
 *
 * @param countFirst whether the first snapshot ever counts whole (else it is a baseline)
 * @param billingFromMicros snapshots up to and including this instant only make baselines
 */
public record MeterPolicy(boolean countFirst, long billingFromMicros) {}
