package plus.svc.billing.collector;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.SourceProgress;
import plus.svc.billing.pipeline.source.SourceSpec;

/**
 * Where a source stands, as this instance knows it.
 *
 * @param consecutiveFailures collections that failed since the last good one
 * @param last the last collection that ended, null before the first
 * @param sinceStart what this instance's collections changed since it started
 */
public record SourceStanding(
    SourceSpec source,
    SourceProgress progress,
    int consecutiveFailures,
    @Nullable SourceOutcome last,
    Receipt sinceStart) {

  static SourceStanding fresh(SourceSpec source) {
    return new SourceStanding(source, SourceProgress.none(source.id()), 0, null, Receipt.NOTHING);
  }

  /** How far behind the newest readable instant the source is; empty if it was never read. */
  public Optional<Duration> lag(Instant now) {
    Instant seen = progress.lastCompletedUntil();
    if (seen == null) {
      return Optional.empty();
    }
    Duration lag = Duration.between(seen, WindowChoice.until(now));
    return Optional.of(lag.isNegative() ? Duration.ZERO : lag);
  }

  SourceStanding of(SourceSpec newer) {
    return new SourceStanding(newer, progress, consecutiveFailures, last, sinceStart);
  }

  SourceStanding with(SourceProgress newer) {
    return new SourceStanding(source, newer, consecutiveFailures, last, sinceStart);
  }

  SourceStanding plus(Receipt receipt) {
    return new SourceStanding(
        source, progress, consecutiveFailures, last, sinceStart.plus(receipt));
  }

  SourceStanding after(SourceOutcome outcome) {
    int failures =
        switch (outcome.ending()) {
          case FAILED -> consecutiveFailures + 1;
          case READ -> outcome.error() == null ? 0 : consecutiveFailures + 1;
          case HELD_ELSEWHERE, NOT_YET, STOPPED -> consecutiveFailures;
        };
    return new SourceStanding(source, progress, failures, outcome, sinceStart);
  }
}
