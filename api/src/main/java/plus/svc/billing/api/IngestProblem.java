package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One thing of a push that was not taken. Empty texts are left out.
 *
 * @param snapshot its place in the body, from 0
 * @param field the field at fault
 * @param value what was sent there, cut to 200 characters
 * @param mend what is wrong, and what the sender can do
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"snapshot", "field", "value", "mend"})
public record IngestProblem(
    @JsonProperty("snapshot") int snapshot,
    @JsonProperty("field") String field,
    @JsonProperty("value") String value,
    @JsonProperty("mend") String mend) {

  public IngestProblem {
    field = Text.orEmpty(field);
    value = Text.orEmpty(value);
    mend = Text.orEmpty(mend);
  }
}
