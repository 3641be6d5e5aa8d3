package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer of {@code GET /readyz}.
 *
 * @param status {@code ready} or {@code not_ready}
 * @param database {@code ok} or {@code unavailable}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Readiness(
    @JsonProperty("status") String status, @JsonProperty("database") String database) {

  public static final Readiness READY = new Readiness("ready", "ok");
  public static final Readiness NOT_READY = new Readiness("not_ready", "unavailable");
}
