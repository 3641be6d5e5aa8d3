package plus.svc.billing.pipeline;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import plus.svc.billing.pipeline.metering.SetAsideReason;
import plus.svc.billing.pipeline.snapshot.RejectReason;

/**
 * How many samples were set aside, by reason as {@code billing.set_asides} has it.
 *
 * @param byReason only those reasons that there were
 */
public record SetAsides(Map<String, Integer> byReason) {

  /** A snapshot came whose neighbours the archive has no longer; it counts as one sample. */
  static final String EVIDENCE_PRUNED = "EVIDENCE_PRUNED";

  /** Every reason there is: of the decoder, of metering, of the archive. */
  public static final List<String> REASONS =
      Stream.of(
              Stream.of(RejectReason.values()).map(Enum::name),
              Stream.of(SetAsideReason.values()).map(Enum::name),
              Stream.of(EVIDENCE_PRUNED))
          .flatMap(reasons -> reasons)
          .toList();

  /** None. */
  public static final SetAsides NONE = new SetAsides(Map.of());

  public SetAsides {
    byReason = Map.copyOf(byReason);
  }

  /** One sample for each reason told. */
  static SetAsides of(Stream<String> reasons) {
    Map<String, Integer> counted = new TreeMap<>();
    reasons.forEach(reason -> counted.merge(reason, 1, Math::addExact));
    return new SetAsides(counted);
  }

  /** All of them. */
  public int total() {
    return byReason.values().stream().mapToInt(Integer::intValue).sum();
  }

  SetAsides plus(SetAsides other) {
    if (other.byReason.isEmpty()) {
      return this;
    }
    Map<String, Integer> sum = new TreeMap<>(byReason);
    other.byReason.forEach((reason, count) -> sum.merge(reason, count, Math::addExact));
    return new SetAsides(sum);
  }
}
