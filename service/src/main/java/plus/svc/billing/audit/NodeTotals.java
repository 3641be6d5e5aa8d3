package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.math.BigInteger;

/** What adds up for a node over the time that is looked at. */
final class NodeTotals {

  long snapshots;
  long seriesMinutes;
  long restarts;
  long blindSeconds;
  BigInteger expectedBytes = BigInteger.ZERO;
  BigInteger writtenBytes = BigInteger.ZERO;
  BigInteger unknownBytes = BigInteger.ZERO;
  BigDecimal money = BigDecimal.ZERO;
  String evidence = "archive";
  String error = "";

  /** Adds a restart and what its blind time can have hidden. */
  void add(AtRisk restart) {
    restarts++;
    unknownBytes = unknownBytes.add(restart.mostBytes());
    blindSeconds += restart.blindMicros() / 1_000_000L;
  }

  /** Adds what a minute must have, and what it has. */
  void add(long expected, long written) {
    expectedBytes = expectedBytes.add(BigInteger.valueOf(expected));
    writtenBytes = writtenBytes.add(BigInteger.valueOf(written));
  }
}
