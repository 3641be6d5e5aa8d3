package plus.svc.billing.pipeline;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a source's progress once a page is taken; committed with the page.
 *
 * @param completedUntil newest instant proven seen, null leaves it as it is
 * @param cursor the exporter's cursor after the page, null if the window is read out
 */
public record Progress(
    @Nullable Instant completedUntil, @Nullable String cursor, Instant attemptedAt) {}
