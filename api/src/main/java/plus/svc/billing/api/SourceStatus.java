package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a source stands. Empty fields are left out.
 *
 * @param nodeId node the source is expected to be, '' if any
 * @param env environment the source is expected to be in, '' if any
 * @param lastCompletedUntil newest instant of which everything before it was seen
 * @param lastCursor the exporter's cursor, '' unless a window is half read
 * @param lastError why the last attempt failed, '' if it didn't; holds no secret
 * @param lagSeconds from {@code lastCompletedUntil} to the newest minute that can be read
 * @param consecutiveFailures attempts that failed since the last success
 * @param samplesSetAside samples set aside since this instance started
 * @param credentialAlarm why the newest credential or trust is not in use and an old one still is,
 *     '' if all is well; holds no secret
 * @param detail what takes more than a look into memory to know, null where only the state is told
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({
  "source_id",
  "node_id",
  "env",
  "last_completed_until",
  "last_attempted_at",
  "last_succeeded_at",
  "last_error",
  "last_cursor",
  "lag_seconds",
  "consecutive_failures",
  "samples_set_aside",
  "credential_alarm",
  "detail"
})
public record SourceStatus(
    @JsonProperty("source_id") String sourceId,
    @JsonProperty("node_id") String nodeId,
    @JsonProperty("env") String env,
    @JsonProperty("last_completed_until") @Nullable Instant lastCompletedUntil,
    @JsonProperty("last_attempted_at") @Nullable Instant lastAttemptedAt,
    @JsonProperty("last_succeeded_at") @Nullable Instant lastSucceededAt,
    @JsonProperty("last_error") String lastError,
    @JsonProperty("last_cursor") String lastCursor,
    @JsonProperty("lag_seconds") @Nullable Long lagSeconds,
    @JsonProperty("consecutive_failures") int consecutiveFailures,
    @JsonProperty("samples_set_aside") long samplesSetAside,
    @JsonProperty("credential_alarm") String credentialAlarm,
    @JsonProperty("detail") @Nullable SourceDetail detail) {

  /** A status without detail. */
  @SuppressWarnings("TooManyParameters")
  public SourceStatus(
      String sourceId,
      String nodeId,
      String env,
      @Nullable Instant lastCompletedUntil,
      @Nullable Instant lastAttemptedAt,
      @Nullable Instant lastSucceededAt,
      String lastError,
      String lastCursor,
      @Nullable Long lagSeconds,
      int consecutiveFailures,
      long samplesSetAside,
      String credentialAlarm) {
    this(
        sourceId,
        nodeId,
        env,
        lastCompletedUntil,
        lastAttemptedAt,
        lastSucceededAt,
        lastError,
        lastCursor,
        lagSeconds,
        consecutiveFailures,
        samplesSetAside,
        credentialAlarm,
        null);
  }

  public SourceStatus {
    nodeId = Text.orEmpty(nodeId);
    env = Text.orEmpty(env);
    lastError = Text.orEmpty(lastError);
    lastCursor = Text.orEmpty(lastCursor);
    credentialAlarm = Text.orEmpty(credentialAlarm);
  }
}
