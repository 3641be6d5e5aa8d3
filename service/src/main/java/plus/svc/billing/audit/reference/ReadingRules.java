package plus.svc.billing.audit.reference;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.metering.Decision;

/**
 * How the counters of a node are to be read.
 *
 * @param countFirst whether the first reading ever counts whole
 * @param billingFromMicros readings up to and including it are history
 * @param decisions what persons decided about single samples
 */
public record ReadingRules(
    boolean countFirst, long billingFromMicros, Map<Sample, Decision> decisions) {

  /** Names a sample by its series and instant. */
  public record Sample(int series, long atMicros) {}

  public ReadingRules {
    decisions = Map.copyOf(decisions);
  }

  @Nullable Decision decided(int series, long atMicros) {
    return decisions.isEmpty() ? null : decisions.get(new Sample(series, atMicros));
  }
}
