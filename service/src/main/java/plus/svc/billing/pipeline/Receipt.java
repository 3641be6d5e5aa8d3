package plus.svc.billing.pipeline;

import java.math.BigDecimal;

/**
 * What became of a delivery.
 *
 * @param accepted snapshots that were new, {@code late} of them older than their node's newest
 * @param repeated snapshots already known with the same content
 * @param conflicting snapshots already known with other content, merged
 * @param samples of the accepted snapshots, {@code lateSamples} of them in late ones
 * @param setAsides samples set aside
 * @param buckets minute buckets newly written
 * @param correctedBuckets minute buckets whose bytes or money changed
 * @param bytes net bytes added to buckets
 * @param charged net money charged, positive
 */
public record Receipt(
    int accepted,
    int repeated,
    int late,
    int conflicting,
    int samples,
    int lateSamples,
    SetAsides setAsides,
    int buckets,
    int correctedBuckets,
    int ledgerRows,
    long bytes,
    BigDecimal charged,
    int restarts) {

  /** Nothing happened. */
  public static final Receipt NOTHING =
      new Receipt(0, 0, 0, 0, 0, 0, SetAsides.NONE, 0, 0, 0, 0L, BigDecimal.ZERO, 0);

  /** How many samples were set aside. */
  public int setAside() {
    return setAsides.total();
  }

  /** Adds up two receipts. */
  public Receipt plus(Receipt other) {
    return new Receipt(
        accepted + other.accepted,
        repeated + other.repeated,
        late + other.late,
        conflicting + other.conflicting,
        samples + other.samples,
        lateSamples + other.lateSamples,
        setAsides.plus(other.setAsides),
        buckets + other.buckets,
        correctedBuckets + other.correctedBuckets,
        ledgerRows + other.ledgerRows,
        Math.addExact(bytes, other.bytes),
        charged.add(other.charged),
        restarts + other.restarts);
  }
}
