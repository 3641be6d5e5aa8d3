package plus.svc.billing.config;

import java.time.Duration;

/**
 * The collector, as checked.
 *
 * @param interval between two turns of a source that names none of its own
 * @param workers sources pulled at the same time
 * @param pageSnapshots snapshots asked for in one page, at most 1000 (what both exporters allow)
 * @param writers transactions at the same time
 * @param transactionSamples about the most samples that share a transaction
 * @param firstLookBack how far back the first contact with a source looks
 * @param leaseTime how long a source stays with an instance that no longer renews
 */
public record CollectorSettings(
    Duration interval,
    int workers,
    int pageSnapshots,
    int writers,
    int transactionSamples,
    Duration firstLookBack,
    Duration leaseTime) {}
