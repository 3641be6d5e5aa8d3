package plus.svc.billing.audit;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import plus.svc.billing.platform.Micros;
import plus.svc.billing.quantity.Minutes;

/**
 * A restart with its blind time: from the reading before up to the start of the new process, where
 * it is known, else up to the first reading of it.
 *
 * @param maxBytesPerSecond the most that the source can move
 */
record AtRisk(
    Instant at,
    Instant blindFrom,
    long blindMicros,
    boolean byEpoch,
    int series,
    long hiddenBytes,
    long maxBytesPerSecond) {

  /** The most bytes that can be unknown. */
  BigInteger mostBytes() {
    return BigInteger.valueOf(blindMicros)
        .multiply(BigInteger.valueOf(maxBytesPerSecond))
        .divide(BigInteger.valueOf(1_000_000L));
  }

  /** Whole minutes without a snapshot between the reading before and the one after. */
  long minutes() {
    return Math.max(0, Minutes.floor(at) - Minutes.floor(blindFrom) - 1);
  }

  Finding finding(AuditedNode node) {
    Instant first = Minutes.start(Minutes.floor(blindFrom) + 1);
    return Finding.ofNode(
        Finding.Kind.AT_RISK,
        node,
        first,
        minutes() + " snapshots",
        null,
        "silent from "
            + blindFrom
            + " to "
            + at
            + " and restarted meanwhile: what was counted between the last snapshot and the restart"
            + " ("
            + Duration.ofNanos(blindMicros * 1_000).toSeconds()
            + " s) can't be known; at "
            + maxBytesPerSecond
            + " bytes a second it is "
            + mostBytes()
            + " bytes at most");
  }

  static Instant instant(long micros) {
    return Micros.toInstant(micros);
  }
}
