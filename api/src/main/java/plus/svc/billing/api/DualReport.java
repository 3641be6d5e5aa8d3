package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the two endpoints of a source in mode {@code dual} compare, since this instance reads both.
 * Only what the window says is billed.
 *
 * @param since first instant that both had, null if there was none yet; usage counts from there
 * @param until newest instant that both had; usage counts up to there
 * @param both instants that both had, {@code differing} of them with other content
 * @param onlyLatest instants that the window lacks
 * @param onlyWindow instants that reading {@code latest} alone would have missed
 * @param latestBytes what {@code latest} alone would have written
 * @param windowBytes what the window writes
 * @param differingMinutes minutes for which the two would have written other bytes
 * @param latestFailures how often {@code latest} could not be read
 * @param latestError why it could not the last time, '' if it always could; holds no secret
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DualReport(
    @JsonProperty("since") @Nullable Instant since,
    @JsonProperty("until") @Nullable Instant until,
    @JsonProperty("both") long both,
    @JsonProperty("differing") long differing,
    @JsonProperty("only_latest") long onlyLatest,
    @JsonProperty("only_window") long onlyWindow,
    @JsonProperty("latest_bytes") long latestBytes,
    @JsonProperty("window_bytes") long windowBytes,
    @JsonProperty("differing_minutes") long differingMinutes,
    @JsonProperty("latest_failures") long latestFailures,
    @JsonProperty("latest_error") String latestError) {

  public DualReport {
    latestError = Text.orEmpty(latestError);
  }
}
