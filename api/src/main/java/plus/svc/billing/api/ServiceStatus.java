package plus.svc.billing.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code GET /v1/status}: the last run of a job, and beside its keys where the
 * continuous audit stands.
 *
 * @param audit null where it does not run
 */
public record ServiceStatus(
    @JsonUnwrapped JobResult job,
    @JsonProperty("audit") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable AuditStatus audit) {}
