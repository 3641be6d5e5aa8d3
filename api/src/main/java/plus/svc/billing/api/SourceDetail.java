package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a source is read and how complete what it brought is.
 *
 * @param mode {@code window}, {@code latest} or {@code dual}
 * @param circuit {@code closed}, {@code failing} (the last attempts failed; it is asked again soon)
 *     or {@code open} (it failed too often and is asked after growing pauses only, whoever asks; an
 *     answer closes it)
 * @param nextAttemptAt when a source that fails is asked again
 * @param slow whether it kept a slot waiting and is read aside from the others
 * @param backlogSnapshots about how many snapshots are still to be read, at one a minute
 * @param hour the last 60 minutes that can be read, null if nothing is known of its nodes yet
 * @param day the last 1,440 minutes that can be read
 * @param heldSeries series whose newest sample is set aside and waits for a person
 * @param jumpHolds those of the newest snapshots that the jump guard holds
 * @param dual null unless both endpoints are read
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SourceDetail(
    @JsonProperty("mode") String mode,
    @JsonProperty("circuit") String circuit,
    @JsonProperty("next_attempt_at") @Nullable Instant nextAttemptAt,
    @JsonProperty("slow") boolean slow,
    @JsonProperty("backlog_snapshots") long backlogSnapshots,
    @JsonProperty("coverage_hour") @Nullable Coverage hour,
    @JsonProperty("coverage_day") @Nullable Coverage day,
    @JsonProperty("held_series") long heldSeries,
    @JsonProperty("jump_holds") long jumpHolds,
    @JsonProperty("dual") @Nullable DualReport dual) {}
