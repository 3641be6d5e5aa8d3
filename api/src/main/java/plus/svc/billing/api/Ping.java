package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Which image runs; the answer of {@code GET /api/ping}. All but the image are left out when empty:
 * nothing is ever made up.
 *
 * @param image the reference as deployed, '' if unknown
 * @param tag the image's tag
 * @param commit 40 lower-case hex digits, if the tag is a commit
 * @param version the same
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Ping(
    @JsonProperty("image") String image,
    @JsonProperty("tag") @JsonInclude(JsonInclude.Include.NON_EMPTY) String tag,
    @JsonProperty("commit") @JsonInclude(JsonInclude.Include.NON_EMPTY) String commit,
    @JsonProperty("version") @JsonInclude(JsonInclude.Include.NON_EMPTY) String version) {

  public Ping {
    image = Text.orEmpty(image);
    tag = Text.orEmpty(tag);
    commit = Text.orEmpty(commit);
    version = Text.orEmpty(version);
  }
}
