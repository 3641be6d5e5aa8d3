package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;

/**
 * What became of a push, once it is committed; the first fields are those of {@link JobResult}.
 *
 * @param job {@link #JOB}
 * @param processedSamples samples of snapshots that were new
 * @param writtenMinutes minute buckets newly written
 * @param replayedMinutes minute buckets that were there and were changed
 * @param status {@code ok}, {@code partial} (something was not taken or set aside), {@code error}
 *     (nothing was taken)
 * @param error what was not taken, in words; '' if all was
 * @param accepted snapshots that were new
 * @param late those of them that were older than their node's newest
 * @param repeated snapshots known already with the same content: nothing to do
 * @param merged snapshots known already with other content: the larger counters hold
 * @param rejected snapshots that cannot be taken as they are; sending them again is of no use
 * @param notTaken snapshots that could not be written now; send the same again
 * @param samplesSetAside samples kept for a person and not counted, while the rest of their
 *     snapshot was
 * @param problems the first of what was rejected or set aside
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
  "accepted",
  "late",
  "repeated",
  "merged",
  "rejected",
  "not_taken",
  "samples_set_aside",
  "problems"
})
public record IngestResult(
    @JsonProperty("job") String job,
    @JsonProperty("started_at") Instant startedAt,
    @JsonProperty("finished_at") Instant finishedAt,
    @JsonProperty("processed_samples") long processedSamples,
    @JsonProperty("written_minutes") long writtenMinutes,
    @JsonProperty("replayed_minutes") long replayedMinutes,
    @JsonProperty("status") String status,
    @JsonProperty("error") @JsonInclude(JsonInclude.Include.NON_EMPTY) String error,
    @JsonProperty("accepted") int accepted,
    @JsonProperty("late") int late,
    @JsonProperty("repeated") int repeated,
    @JsonProperty("merged") int merged,
    @JsonProperty("rejected") int rejected,
    @JsonProperty("not_taken") int notTaken,
    @JsonProperty("samples_set_aside") int samplesSetAside,
    @JsonProperty("problems") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<IngestProblem> problems) {

  /** The name of this job. */
  public static final String JOB = "ingest-snapshot";

  public IngestResult {
    error = Text.orEmpty(error);
    problems = problems == null ? List.of() : List.copyOf(problems);
  }
}
