package plus.svc.billing.pipeline.source.page;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks for.
 *
 * @param since first instant wanted, whole seconds: exporters compare fractions as text
 * @param until last instant wanted, whole seconds
 * @param limit snapshots a page may have; 1 to 1000 is understood by every exporter
 * @param cursor as the page before gave it, to the byte; null for the first page
 */
public record WindowQuery(Instant since, Instant until, int limit, @Nullable String cursor) {

  public WindowQuery {
    if (!isWhole(since) || !isWhole(until)) {
      throw new IllegalArgumentException(
          "window " + since + " to " + until + ": whole seconds only");
    }
    if (limit < 1 || limit > 1_000) {
      throw new IllegalArgumentException("limit is " + limit + ": must be 1 to 1000");
    }
  }

  private static boolean isWhole(Instant instant) {
    return instant.equals(instant.truncatedTo(ChronoUnit.SECONDS));
  }
}
