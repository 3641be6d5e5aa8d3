package plus.svc.billing.emulator.window;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an exporter learns in one turn.
 *
 * @param at when the counters were read
 * @param startedAt when the counting process started
 * @param identities empty if the accounts service didn't answer
 */
public record Scrape(
    Instant at, Instant startedAt, List<RawCounter> counters, Optional<Identities> identities) {
  public Scrape {
    counters = List.copyOf(counters);
  }
}
