package plus.svc.billing.wallet.outbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A notice on its way to one target, as operators see it.
 *
 * @param seq place among the notices of the account
 * @param id of the notice
 * @param since when it began to wait
 * @param nextAt when it is tried next
 * @param endedAt when it was delivered or died, null while it waits
 * @param error why the last attempt failed, '' if it didn't
 */
public record Letter(
    UUID accountUuid,
    long seq,
    String target,
    UUID id,
    String kind,
    Instant at,
    String data,
    String state,
    int attempts,
    Instant since,
    Instant nextAt,
    @Nullable Instant endedAt,
    String error) {}
