package plus.svc.billing.metrics;

import java.time.Instant;
import java.util.Map;
import plus.svc.billing.api.SourceStatus;

/**
 * What a scrape tells of a source.
 *
 * @param leased whether this instance works on it
 * @param expiries when a certificate of it ends, by {@code client}, {@code trust}, {@code server}
 */
public record SourceFigures(SourceStatus status, boolean leased, Map<String, Instant> expiries) {

  public SourceFigures {
    expiries = Map.copyOf(expiries);
  }
}
