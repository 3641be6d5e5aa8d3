package plus.svc.billing.explain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What metering makes of one sample.
 *
 * @param seenBefore when the series was seen last before, null if never
 * @param uplinkBefore accepted last, as {@code downlinkBefore}
 * @param countedUplink bytes that it adds to its minute, as {@code countedDownlink}
 * @param how in words
 */
record Judged(
    SnapshotRow snapshot,
    int ordinal,
    @Nullable Instant seenBefore,
    long uplinkBefore,
    long downlinkBefore,
    long uplink,
    long downlink,
    long countedUplink,
    long countedDownlink,
    String how) {

  long counted() {
    return countedUplink + countedDownlink;
  }
}
