package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer of {@code GET /livez} and {@code GET /startupz}.
 *
 * @param status {@code live} or {@code stuck}; {@code started} or {@code starting}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Probe(@JsonProperty("status") String status) {

  public static final Probe LIVE = new Probe("live");
  public static final Probe STUCK = new Probe("stuck");
  public static final Probe STARTED = new Probe("started");
  public static final Probe STARTING = new Probe("starting");
}
