package plus.svc.billing.audit;

import java.time.Instant;
import java.util.Set;
import plus.svc.billing.quantity.Minutes;

/**
 * What is to be proven.
 *
 * @param sources these only; all if empty and no node is named either
 * @param nodes these too, by their composed name such as {@code prod:jp-1}
 * @param since a whole minute
 * @param until a whole minute, excluded
 * @param now what is pending is measured by it
 * @param minutes whether every minute is told
 * @param mostFindings so many are listed, all are counted
 */
public record AuditRequest(
    Set<String> sources,
    Set<String> nodes,
    Instant since,
    Instant until,
    Instant now,
    From from,
    boolean minutes,
    long mostFindings) {

  /** Where the evidence comes from. */
  public enum From {
    /** What exporters tell now; the archive where they have forgotten. */
    EXPORTER,
    /** The archive alone. */
    ARCHIVE
  }

  public AuditRequest {
    sources = Set.copyOf(sources);
    nodes = Set.copyOf(nodes);
    since = Minutes.start(Minutes.floor(since));
    until = Minutes.start(Minutes.floor(until));
    if (!since.isBefore(until)) {
      throw new IllegalArgumentException("since " + since + " is not before until " + until);
    }
  }

  boolean isOfEverything() {
    return sources.isEmpty() && nodes.isEmpty();
  }

  long firstMinute() {
    return Minutes.floor(since);
  }

  long endMinute() {
    return Minutes.floor(until);
  }
}
