package plus.svc.billing.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change as the table has it.
 *
 * @param request the inputs, as a JSON object
 * @param endedAt null if it has not ended
 * @param verdict null if it has not ended
 * @param summary as a JSON object; null if it has not ended
 */
public record ChangeRow(
    long id,
    Instant at,
    String caller,
    String operation,
    String reason,
    String request,
    @Nullable Instant endedAt,
    @Nullable String verdict,
    @Nullable String summary) {}
