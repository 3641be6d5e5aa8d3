package plus.svc.billing.collector;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a source behaves. After some failures in a row its circuit is open: it is not asked before
 * the pause is over, whoever asks; then once, and an answer closes it.
 *
 * @param failures collections in a row that failed or found something wrong
 * @param refusals those of them in which the source gave no answer that could be used; our own
 *     trouble, as with the database, is not the source's
 * @param answered whether it ever answered, as far as is known
 * @param slow whether the last collection kept a slot waiting for long
 * @param pausedUntil when it is asked again, null unless the last collection failed
 */
public record SourceHealth(
    int failures, int refusals, boolean answered, boolean slow, @Nullable Instant pausedUntil) {

  /** Nothing is known yet. */
  public static final SourceHealth UNKNOWN = new SourceHealth(0, 0, false, false, null);

  /** Whether it failed too often to be asked whenever somebody likes. */
  public boolean isOpen() {
    return refusals >= Pace.CIRCUIT_OPENS_AFTER;
  }

  /** Where its next turn is taken. */
  Lane lane() {
    if (refusals > 0) {
      return Lane.FAILING;
    }
    return slow ? Lane.SLOW : Lane.READY;
  }

  /** Where a turn goes on that keeps a slot waiting. */
  Lane aside() {
    return answered && refusals == 0 ? Lane.SLOW : Lane.FAILING;
  }

  /** It gave an answer; what it said may still be wrong. */
  SourceHealth answered(boolean slowly, boolean wrong) {
    return new SourceHealth(wrong ? failures + 1 : 0, 0, true, slowly, null);
  }

  /** It gave none, and is left alone until then. */
  SourceHealth refused(Instant until) {
    return new SourceHealth(failures + 1, refusals + 1, answered, slow, until);
  }

  /** The collection failed by no fault of the source. */
  SourceHealth failedWithin() {
    return new SourceHealth(failures + 1, refusals, answered, slow, pausedUntil);
  }

  /** As the database tells after a start. */
  static SourceHealth recalled(boolean everSucceeded, boolean failedLast) {
    int failed = failedLast ? 1 : 0;
    return new SourceHealth(failed, failed, everSucceeded, false, null);
  }
}
