package plus.svc.billing.pipeline.ledger;

import java.util.Locale;
import plus.svc.billing.pipeline.rating.RatedBucket;

/** What a ledger row of ours is. */
public enum EntryKind {
  /** What an account had before its first row. */
  OPENING_BALANCE,
  /** The first row of a bucket. */
  TRAFFIC_CHARGE,
  /** A later row of it, which names the first. */
  TRAFFIC_ADJUSTMENT;

  /** As it stands in the column {@code entry_type}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static EntryKind of(RatedBucket bucket) {
    return bucket.revision() == 0 ? TRAFFIC_CHARGE : TRAFFIC_ADJUSTMENT;
  }
}
