package plus.svc.billing.wallet.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * A delivery that is claimed: it is sent now, by nobody else.
 *
 * @param seq place among the notices of the account
 * @param id of the notice
 * @param data JSON
 * @param attempts this one included
 */
public record Due(
    UUID accountUuid, long seq, UUID id, String kind, Instant at, String data, int attempts) {}
