package plus.svc.billing.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time to be reconciled, both ends included.
 *
 * @param sourceId one source only, null for all that are enabled
 * @param since null for the usual look-back before its end
 * @param until null for now
 */
public record ReconcileRange(
    @Nullable String sourceId, @Nullable Instant since, @Nullable Instant until) {

  /** Longer stretches are an operator's, whom a replay tells how far it is. */
  static final Duration LONGEST = Duration.ofDays(31);

  /** The same with both ends. */
  public record Ends(Instant since, Instant until) {}

  /**
   * When it begins and ends.
   *
   * @throws ReconcileRefused if it can't be reconciled
   */
  public Ends ends(Instant now, Duration lookBack) {
    Instant last = Objects.requireNonNullElse(until, now);
    Instant first = since == null ? last.minus(lookBack) : since;
    if (last.isAfter(now)) {
      throw ReconcileRefused.wrong("until", last.toString(), "nothing is known after " + now);
    }
    if (first.isAfter(last)) {
      throw ReconcileRefused.wrong("since", first.toString(), "a time before until, " + last);
    }
    if (Duration.between(first, last).compareTo(LONGEST) > 0) {
      throw ReconcileRefused.wrong(
          "since", first.toString(), "at most " + LONGEST.toDays() + " days before until");
    }
    return new Ends(first, last);
  }
}
