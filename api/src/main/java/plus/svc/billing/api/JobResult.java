package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;

/**
 * What a run of a job did; the answer of the job calls and of {@code GET /v1/status}.
 *
 * @param job {@code collect-and-rate} or {@code reconcile}; '' before the first run
 * @param startedAt {@link #NEVER} before the first run
 * @param finishedAt {@link #NEVER} while it runs
 * @param processedSamples samples taken
 * @param writtenMinutes minute buckets newly written
 * @param replayedMinutes minute buckets that were there and were changed
 * @param status {@code ok}, {@code partial} (some source failed, or samples were set aside), {@code
 *     error} (nothing could be done), {@code running}, {@code idle} (push mode), {@code abandoned}
 *     (only of a run before a restart: its process ended in mid-run), '' before the first run
 * @param error what failed, joined by {@code "; "}; '' if nothing did
 * @param runningJobs jobs that run right now
 * @param sourceStatuses where each enabled source stands
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({
  "job",
  "started_at",
  "finished_at",
  "processed_samples",
  "written_minutes",
  "replayed_minutes",
  "status",
  "error",
  "running_jobs",
  "source_statuses"
})
public record JobResult(
    @JsonProperty("job") String job,
    @JsonProperty("started_at") Instant startedAt,
    @JsonProperty("finished_at") Instant finishedAt,
    @JsonProperty("processed_samples") long processedSamples,
    @JsonProperty("written_minutes") long writtenMinutes,
    @JsonProperty("replayed_minutes") long replayedMinutes,
    @JsonProperty("status") String status,
    @JsonProperty("error") @JsonInclude(JsonInclude.Include.NON_EMPTY) String error,
    @JsonProperty("running_jobs") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> runningJobs,
    @JsonProperty("source_statuses") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<SourceStatus> sourceStatuses) {

  /** The instant that stands for "not yet". */
  public static final Instant NEVER = Instant.parse("0001-01-01T00:00:00Z");

  public static final String OK = "ok";
  public static final String PARTIAL = "partial";
  public static final String ERROR = "error";
  public static final String RUNNING = "running";
  public static final String IDLE = "idle";

  public JobResult {
    error = Text.orEmpty(error);
    runningJobs = runningJobs == null ? List.of() : List.copyOf(runningJobs);
    sourceStatuses = sourceStatuses == null ? List.of() : List.copyOf(sourceStatuses);
  }
}
