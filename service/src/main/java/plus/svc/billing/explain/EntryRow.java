package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A ledger row. */
public record EntryRow(
    UUID id,
    UUID accountUuid,
    Instant bucketStart,
    String entryType,
    long ratedBytes,
    BigDecimal amountDelta,
    BigDecimal balanceAfter,
    String pricingRuleVersion,
    Instant createdAt,
    @Nullable String nodeId,
    @Nullable String lineCode,
    @Nullable UUID corrects,
    @Nullable UUID operationId) {

  /** Whether it was posted for a bucket, by this service. */
  boolean isOfBucket() {
    return nodeId != null;
  }

  /** What such a row is, for a person. */
  String meaning() {
    if (corrects != null && operationId != null) {
      return "takes back what another operation posted";
    } else if (corrects != null) {
      return "the difference after a later change";
    } else if (isOfBucket()) {
      return "the first posting of the bucket";
    } else if (entryType.equals("opening_balance")) {
      return "what the account had when this service first kept it";
    } else if (operationId != null) {
      return "operation " + operationId;
    } else if (entryType.startsWith("traffic_")) {
      return "traffic as an earlier writer billed it";
    }
    return "posted by another service";
  }
}
