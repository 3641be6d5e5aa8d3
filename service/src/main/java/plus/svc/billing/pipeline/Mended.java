package plus.svc.billing.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.ledger.BucketMend;
import plus.svc.billing.pipeline.ledger.Repaired;

/**
 * What differed from its evidence in a stretch of a node's time, and what became of it.
 *
 * @param buckets those that are not what their snapshots and ledger rows say
 * @param repaired what that changed: bytes, money, ledger rows, balances
 * @param notes what else differed and was mended
 * @param untold what can't be judged or mended, and why
 * @param missing snapshots that the archive did not have, {@code restored} those whose archived
 *     content was another than when it was archived, {@code widened} those told with more
 * @param samples of the missing snapshots
 */
public record Mended(
    List<BucketMend> buckets,
    Repaired repaired,
    List<Note> notes,
    List<Note> untold,
    int missing,
    int restored,
    int widened,
    int samples) {

  /**
   * A difference that is no bucket's.
   *
   * @param what {@code snapshot}, {@code node_state}, {@code kept_state}, {@code set_aside}, {@code
   *     restart} or {@code unattributed}
   * @param account whose, null if nobody's
   */
  public record Note(
      String what,
      Instant at,
      @Nullable UUID account,
      String inbound,
      long uplinkBytes,
      long downlinkBytes,
      String why) {

    static Note of(String what, Instant at, String why) {
      return new Note(what, at, null, "", 0, 0, why);
    }
  }

  /** Whether everything is as it must be. */
  public boolean isClean() {
    return buckets.isEmpty()
        && repaired.buckets().isEmpty()
        && repaired.accounts().isEmpty()
        && repaired.quotas().isEmpty()
        && notes.isEmpty()
        && untold.isEmpty();
  }
}
