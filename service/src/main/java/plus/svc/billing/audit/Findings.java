package plus.svc.billing.audit;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what is found and hands it on, the first ones of it. */
final class Findings {

  private final Consumer<Finding> list;
  private final long most;
  private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);

  /** Bytes that buckets must have, of those that were found to have others. */
  private final Map<BucketKey, Long> trusted = new HashMap<>();

  private long listed;
  private long total;
  private BigDecimal money = BigDecimal.ZERO;
  private @Nullable Finding first;

  /**
   * @param most so many are handed on, all are counted
   */
  Findings(Consumer<Finding> list, long most) {
    this.list = list;
    this.most = most;
  }

  void add(Finding finding) {
    counts.merge(finding.kind(), 1L, Long::sum);
    total++;
    if (finding.money() != null) {
      money = money.add(finding.money());
    }
    if (first == null) {
      first = finding;
    }
    if (listed < most) {
      listed++;
      list.accept(finding);
    }
  }

  /** A bucket is not as it must be: what follows from that is no finding of its own. */
  void distrust(BucketKey bucket, long bytes) {
    if (trusted.size() < most) {
      trusted.put(bucket, bytes);
    }
  }

  boolean isDistrusted(BucketKey bucket) {
    return trusted.containsKey(bucket);
  }

  /** What a bucket must have, where it was found to have something else. */
  long bytesOf(BucketKey bucket, long written) {
    return trusted.isEmpty() ? written : trusted.getOrDefault(bucket, written);
  }

  Map<BucketKey, Long> distrusted() {
    return trusted;
  }

  /** What all of it would change. */
  BigDecimal money() {
    return money;
  }

  long total() {
    return total;
  }

  long notListed() {
    return total - listed;
  }

  long of(Finding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  Map<Finding.Kind, Long> counts() {
    return counts;
  }

  @Nullable Finding first() {
    return first;
  }
}
