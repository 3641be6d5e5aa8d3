package plus.svc.billing.audit;

import java.util.Comparator;
import java.util.UUID;

/**
 * Names a bucket; the order is the one in which free quota is given out.
 *
 * @param minute epoch minute
 * @param node composed
 */
record BucketKey(long minute, String node, String line, UUID account)
    implements Comparable<BucketKey> {

  private static final Comparator<BucketKey> ORDER =
      Comparator.comparingLong(BucketKey::minute)
          .thenComparing(BucketKey::node)
          .thenComparing(BucketKey::line)
          .thenComparing(BucketKey::account);

  @Override
  public int compareTo(BucketKey other) {
    return ORDER.compare(this, other);
  }
}
