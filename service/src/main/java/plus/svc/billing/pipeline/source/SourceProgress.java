package plus.svc.billing.pipeline.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a source was read, as its row in {@code billing_source_sync_state} says.
 *
 * @param lastCompletedUntil newest instant of which everything before it was seen; null at first
 * @param lastError why the last attempt failed, '' if it didn't
 * @param lastCursor the exporter's cursor, '' unless a window is half read
 */
public record SourceProgress(
    String sourceId,
    @Nullable Instant lastCompletedUntil,
    @Nullable Instant lastAttemptedAt,
    @Nullable Instant lastSucceededAt,
    String lastError,
    String lastCursor) {

  /** Nothing known of the source yet. */
  public static SourceProgress none(SourceId source) {
    return new SourceProgress(source.value(), null, null, null, "", "");
  }
}
