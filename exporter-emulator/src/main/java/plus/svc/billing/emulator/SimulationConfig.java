package plus.svc.billing.emulator;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.emulator.xray.SimulatedUser;

/**
 * Who uses a node, and how it is run.
 *
 * @param inboundTags the node's lines, at least one
 * @param seed same seed, same traffic
 * @param start when Xray and the exporter start; the first scrape is then
 * @param scrapeInterval how often the exporter reads the counters
 * @param restartEvery about how often Xray restarts; null: only when told to
 */
public record SimulationConfig(
    List<SimulatedUser> users,
    List<String> inboundTags,
    long seed,
    Instant start,
    Duration scrapeInterval,
    @Nullable Duration restartEvery) {
  public SimulationConfig {
    users = List.copyOf(users);
    inboundTags = List.copyOf(inboundTags);
    if (scrapeInterval.compareTo(Duration.ofSeconds(2)) < 0) {
      throw new IllegalArgumentException("scrape interval must be at least 2 s: " + scrapeInterval);
    }
    if (restartEvery != null && restartEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("restarts need 1 s between them: " + restartEvery);
    }
  }

  /** A scrape each minute, lines {@code tcp} and {@code xhttp}, no restarts of its own accord. */
  public static SimulationConfig of(List<SimulatedUser> users, long seed, Instant start) {
    return new SimulationConfig(
        users, List.of("tcp", "xhttp"), seed, start, Duration.ofMinutes(1), null);
  }

  public SimulationConfig withScrapeInterval(Duration value) {
    return new SimulationConfig(users, inboundTags, seed, start, value, restartEvery);
  }

  public SimulationConfig withRestartEvery(@Nullable Duration value) {
    return new SimulationConfig(users, inboundTags, seed, start, scrapeInterval, value);
  }
}
