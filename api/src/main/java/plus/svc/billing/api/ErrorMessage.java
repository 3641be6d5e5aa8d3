package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The body of every error.
 *
 * @param code for programs: {@code unauthorized}, {@code forbidden}, {@code not_found}, {@code
 *     method_not_allowed}, {@code bad_request}, {@code internal}, ...
 * @param message for people; for {@code internal} it names the reference under which the log has
 *     more
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ErrorMessage(
    @JsonProperty("code") String code, @JsonProperty("message") String message) {}
