package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer of {@code GET /healthz}.
 *
 * @param status {@code ok} or {@code degraded}
 * @param message how many sources fail; '' if there is nothing to say; names nothing secret
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Health(
    @JsonProperty("status") String status, @JsonProperty("message") String message) {

  public static final String OK = "ok";
  public static final String DEGRADED = "degraded";
}
