package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that is not what its evidence says, as it was found and as it must be. What the ledger
 * holds for it stands; the difference to what it must cost is posted as one more row.
 *
 * @param minute epoch minute
 * @param uplinkBytes what the snapshots say, {@code downlinkBytes} likewise
 * @param stored whether the bucket has a row
 * @param storedUplink bytes its row shows, 0 without one
 * @param chargedBytes sum of {@code rated_bytes} of its ledger rows
 * @param amount sum of their money
 * @param entries how many ledger rows it has
 * @param corrects the ledger row that is wrong, if one of them is none of ours; else null
 * @param restores whether its row alone is damaged: nothing is to be rated or posted
 * @param why what differs, in words
 */
public record BucketMend(
    UUID account,
    long minute,
    String node,
    String region,
    String line,
    long uplinkBytes,
    long downlinkBytes,
    boolean stored,
    long storedUplink,
    long storedDownlink,
    long includedBytes,
    long chargedBytes,
    BigDecimal amount,
    int entries,
    @Nullable UUID corrects,
    boolean restores,
    String why) {

  /** Whether it never had usage: its bytes go and no money moves. */
  boolean isVoid() {
    return entries == 0 && uplinkBytes == 0 && downlinkBytes == 0;
  }
}
