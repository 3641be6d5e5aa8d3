package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the continuous audit stands.
 *
 * @param verifiedUntil every minute before it is proven complete and right; absent before the first
 *     look
 * @param checkedAt when it last looked
 * @param findings what is not as it must be
 * @param firstFinding one of them, '' if there is none
 * @param atRiskMinutes of those looked at, minutes in which some bytes can't be known
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditStatus(
    @JsonProperty("verified_until") @Nullable Instant verifiedUntil,
    @JsonProperty("checked_at") @Nullable Instant checkedAt,
    @JsonProperty("findings") long findings,
    @JsonProperty("first_finding") String firstFinding,
    @JsonProperty("at_risk_minutes") long atRiskMinutes) {

  public AuditStatus {
    firstFinding = Text.orEmpty(firstFinding);
  }
}
