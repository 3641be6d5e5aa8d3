package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What is known of each minute of a stretch of time, and from what evidence. Minutes before a
 * node's first snapshot are not counted; of a source with several nodes the minutes of all nodes
 * are, each minute in exactly one of the four.
 *
 * @param minutes the four together
 * @param observed a snapshot was taken
 * @param spanned no snapshot, but the counters went on: the usage is in the next one
 * @param atRisk no snapshot, and a counter was reset meanwhile: some bytes can't be known
 * @param pending nothing was fetched yet
 * @param restarts of the counting process
 * @param blindSeconds between the snapshots before and after the restarts, together
 * @param setAside samples set aside, whatever the reason
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Coverage(
    @JsonProperty("minutes") long minutes,
    @JsonProperty("observed") long observed,
    @JsonProperty("spanned") long spanned,
    @JsonProperty("at_risk") long atRisk,
    @JsonProperty("pending") long pending,
    @JsonProperty("restarts") long restarts,
    @JsonProperty("blind_seconds") long blindSeconds,
    @JsonProperty("set_aside") long setAside) {}
