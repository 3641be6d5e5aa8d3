package plus.svc.billing.explain;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import plus.svc.billing.pipeline.ledger.LedgerId;
import plus.svc.billing.quantity.Minutes;

/**
 * A minute of an account on one node and line, as the bucket has it.
 *
 * @param includedBytes free ones
 * @param revision how many ledger rows were posted for it by this service
 */
public record BucketRow(
    UUID accountUuid,
    Instant bucketStart,
    String nodeId,
    String region,
    String lineCode,
    long uplinkBytes,
    long downlinkBytes,
    long totalBytes,
    long includedBytes,
    long chargedBytes,
    BigDecimal amount,
    BigDecimal multiplier,
    int revision,
    Instant createdAt,
    Instant updatedAt) {

  /** The ledger rows that were posted for it, the first one first: their ids are a function. */
  List<UUID> ledgerIds() {
    LedgerId ids = new LedgerId();
    long minute = Minutes.floor(bucketStart);
    return IntStream.rangeClosed(1, revision)
        .mapToObj(number -> ids.ofBucket(minute, nodeId, accountUuid, lineCode, number))
        .toList();
  }
}
