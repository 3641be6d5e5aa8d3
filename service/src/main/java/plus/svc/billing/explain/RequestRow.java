package plus.svc.billing.explain;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request of a service with what became of it.
 *
 * @param source how and from where it came
 * @param body word for word
 * @param status null while it is not applied
 * @param reversedBy the operation that took it back, null if none did
 */
public record RequestRow(
    UUID requestId,
    String caller,
    String idempotencyKey,
    String kind,
    String source,
    Instant receivedAt,
    String body,
    @Nullable String status,
    @Nullable String reason,
    @Nullable UUID reverses,
    @Nullable UUID reversedBy,
    @Nullable Instant appliedAt) {}
