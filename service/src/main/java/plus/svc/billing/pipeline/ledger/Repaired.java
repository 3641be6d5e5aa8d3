package plus.svc.billing.pipeline.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a mending turn did.
 *
 * @param buckets those whose bytes or money changed
 * @param accounts those whose balance had drifted
 * @param quotas those whose usage was not that of their buckets
 */
public record Repaired(List<Bucket> buckets, List<Balance> accounts, List<Taken> quotas) {

  /** Nothing. */
  public static final Repaired NOTHING = new Repaired(List.of(), List.of(), List.of());

  /**
   * A bucket that changed.
   *
   * @param moreCharged bytes charged beyond what was
   * @param moreAmount money posted, zero if none was
   * @param entry the ledger row posted, null if none was
   * @param corrects the row it corrects, null if it is the bucket's first
   */
  public record Bucket(
      UUID account,
      long minute,
      String node,
      String line,
      long moreUplink,
      long moreDownlink,
      long moreCharged,
      BigDecimal moreAmount,
      @Nullable UUID entry,
      @Nullable UUID corrects) {}

  /** A quota of which more, or less, was taken than was noted. */
  public record Taken(UUID account, Instant periodStart, long moreUsed, long moreCharged) {}

  /**
   * A balance that had drifted.
   *
   * @param exact added to the balance that rating keeps
   * @param shown added to the one that readers see
   */
  public record Balance(UUID account, BigDecimal exact, BigDecimal shown) {}
}
