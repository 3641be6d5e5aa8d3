package plus.svc.billing.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code billing.job_runs}.
 *
 * @param finishedAt null while it runs; where the process died meanwhile, when that was noticed
 * @param instance which process ran it
 */
public record JobRunRow(
    String job,
    Instant startedAt,
    @Nullable Instant finishedAt,
    String status,
    String error,
    long processedSamples,
    long writtenMinutes,
    long replayedMinutes,
    String instance) {}
