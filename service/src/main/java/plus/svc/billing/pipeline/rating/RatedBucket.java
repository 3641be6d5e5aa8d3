package plus.svc.billing.pipeline.rating;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One minute of an account on one node and line: its bytes, what was posted for it, and (once
 * rated) what it costs. Mutable, owned by one transaction.
 */
public final class RatedBucket {

  /** The order in which a period's free quota is given out. */
  public static final Comparator<RatedBucket> ORDER =
      Comparator.comparingLong(RatedBucket::minute)
          .thenComparing(RatedBucket::node)
          .thenComparing(RatedBucket::line);

  private final long minute;
  private final String node;
  private final String region;
  private final String line;
  private final long postedUplink;
  private final long postedDownlink;
  private final long postedIncluded;
  private final long postedCharged;
  private final BigDecimal postedAmount;
  private final int revision;
  private final boolean stored;
  private long uplink;
  private long downlink;
  private long included;
  private long charged;
  private BigDecimal amount;
  private BigDecimal multiplier = BigDecimal.ONE;
  private String ruleVersion = "";
  private boolean mended;
  private @Nullable UUID corrects;

  private RatedBucket(
      long minute,
      String node,
      String region,
      String line,
      long uplink,
      long downlink,
      long included,
      long charged,
      BigDecimal amount,
      int revision,
      boolean stored) {
    this.minute = minute;
    this.node = node;
    this.region = region;
    this.line = line;
    this.postedUplink = uplink;
    this.postedDownlink = downlink;
    this.postedIncluded = included;
    this.postedCharged = charged;
    this.postedAmount = amount;
    this.revision = revision;
    this.stored = stored;
    this.uplink = uplink;
    this.downlink = downlink;
    this.included = included;
    this.charged = charged;
    this.amount = amount;
  }

  /** A bucket that was not written yet. */
  public static RatedBucket fresh(long minute, String node, String region, String line) {
    return new RatedBucket(minute, node, region, line, 0, 0, 0, 0, BigDecimal.ZERO, 0, false);
  }

  /** A bucket as it stands in the database; {@code revision} ledger rows were posted for it. */
  public static RatedBucket posted(
      long minute,
      String node,
      String region,
      String line,
      long uplink,
      long downlink,
      long included,
      long charged,
      BigDecimal amount,
      int revision) {
    return new RatedBucket(
        minute, node, region, line, uplink, downlink, included, charged, amount, revision, true);
  }

  /**
   * Sets what the bucket's bytes must be, whatever it shows and whatever was posted for it.
   *
   * @param wrongEntry the ledger row that is wrong, null if all of them are this bucket's own
   */
  public RatedBucket mendedTo(long uplinkBytes, long downlinkBytes, @Nullable UUID wrongEntry) {
    Math.addExact(uplinkBytes, downlinkBytes);
    uplink = uplinkBytes;
    downlink = downlinkBytes;
    mended = true;
    corrects = wrongEntry;
    return this;
  }

  /** Whether its bytes were set, so that what was posted for it says nothing about them. */
  boolean isMended() {
    return mended;
  }

  /** The ledger row that the next one corrects, null for the bucket's first. */
  public @Nullable UUID corrects() {
    return corrects;
  }

  /** Adds bytes, which may be negative; the sum may not. */
  public void add(long moreUplink, long moreDownlink) {
    uplink = Math.addExact(uplink, moreUplink);
    downlink = Math.addExact(downlink, moreDownlink);
    Math.addExact(uplink, downlink);
    if (uplink < 0 || downlink < 0) {
      throw new IllegalStateException(
          "bucket " + node + "/" + line + " at minute " + minute + " would fall below zero bytes");
    }
  }

  void rate(long includedBytes, long chargedBytes, PriceTerms terms, BigDecimal factor) {
    included = includedBytes;
    charged = chargedBytes;
    amount = cost(chargedBytes, terms.pricePerByte(), factor);
    multiplier = factor;
    ruleVersion = terms.ruleVersion();
  }

  private static BigDecimal cost(long bytes, BigDecimal price, BigDecimal factor) {
    if (bytes == 0 || price.signum() == 0 || factor.signum() == 0) {
      return BigDecimal.ZERO;
    }
    return BigDecimal.valueOf(bytes).multiply(price).multiply(factor).negate();
  }

  public long minute() {
    return minute;
  }

  public String node() {
    return node;
  }

  public String region() {
    return region;
  }

  public String line() {
    return line;
  }

  public long uplink() {
    return uplink;
  }

  public long downlink() {
    return downlink;
  }

  /** Bytes of ours to be rated: what was rated before and what came since. */
  public long bytes() {
    return mended ? uplink + downlink : postedIncluded + postedCharged + moreBytes();
  }

  /** Bytes added since the bucket was read. */
  public long moreBytes() {
    return uplink + downlink - postedUplink - postedDownlink;
  }

  /** Free bytes taken from the quota. */
  public long included() {
    return included;
  }

  /** Bytes charged, at a price that may be zero. */
  public long charged() {
    return charged;
  }

  /** What the bucket costs in all, {@code <= 0}. */
  public BigDecimal amount() {
    return amount;
  }

  public BigDecimal multiplier() {
    return multiplier;
  }

  public String ruleVersion() {
    return ruleVersion;
  }

  /** Free bytes it had taken before it was rated anew. */
  long postedIncluded() {
    return postedIncluded;
  }

  /** How many ledger rows were posted for it before. */
  public int revision() {
    return revision;
  }

  public long moreIncluded() {
    return included - postedIncluded;
  }

  public long moreCharged() {
    return charged - postedCharged;
  }

  /** Money to post: the difference to what was posted. */
  public BigDecimal moreAmount() {
    return amount.subtract(postedAmount);
  }

  /** Whether it was written before, by us or (idle minutes included) by an earlier writer. */
  public boolean isPosted() {
    return stored;
  }

  /**
   * Whether the bytes, the split into free and charged, or the money differ from what was posted.
   */
  public boolean changed() {
    return uplink != postedUplink
        || downlink != postedDownlink
        || moreIncluded() != 0
        || moreCharged() != 0
        || moreAmount().signum() != 0;
  }

  public long moreUplink() {
    return uplink - postedUplink;
  }

  public long moreDownlink() {
    return downlink - postedDownlink;
  }
}
