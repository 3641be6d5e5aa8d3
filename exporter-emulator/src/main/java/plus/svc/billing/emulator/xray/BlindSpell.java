package plus.svc.billing.emulator.xray;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a restart took with it: counted after the last snapshot before it, so in no snapshot.
 *
 * @param lastSnapshotAt stamp of the last snapshot before the restart that is still to be had, of
 *     this process or an earlier one; null if there was none
 * @param restartedAt when the counters went to zero
 * @param bytes by counter, without those that lost nothing
 */
public record BlindSpell(
    @Nullable Instant lastSnapshotAt, Instant restartedAt, Map<CounterKey, Traffic> bytes) {
  public BlindSpell {
    bytes = Map.copyOf(bytes);
  }

  public Traffic total() {
    return GroundTruth.sum(bytes);
  }
}
