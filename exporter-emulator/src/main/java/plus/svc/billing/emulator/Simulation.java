package plus.svc.billing.emulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import plus.svc.billing.emulator.fault.Faults;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Flavour;
import plus.svc.billing.emulator.window.Identities;
import plus.svc.billing.emulator.window.Scrape;
import plus.svc.billing.emulator.xray.GroundTruth;
import plus.svc.billing.emulator.xray.SimulatedUser;
import plus.svc.billing.emulator.xray.TrafficModel;
import plus.svc.billing.emulator.xray.XrayCounters;

/**
 * Lets traffic flow, Xray restart and the exporter scrape, each at its instant, up to the instant
 * it is run to. How far it is run at a time changes nothing. Safe for many threads.
 */
public final class Simulation {
  private final SimulationConfig config;
  private final Exporter exporter;
  private final Faults faults;
  private final Identities identities;
  private final SplittableRandom scrapeTimes;
  private final SplittableRandom restartTimes;
  private final XrayCounters counters;
  private final TrafficModel traffic;
  private Instant done;
  private Instant nextScrape;
  private Instant nextRestart;
  private boolean finished;

  public Simulation(SimulationConfig config, Exporter exporter, Faults faults) {
    this.config = config;
    this.exporter = exporter;
    this.faults = faults;
    this.identities = new Identities(config.users().stream().map(SimulatedUser::identity).toList());
    this.scrapeTimes = new SplittableRandom(config.seed());
    this.restartTimes = new SplittableRandom(config.seed() + 1);
    this.counters = new XrayCounters(config.start());
    this.traffic =
        new TrafficModel(
            config.users(), config.inboundTags(), config.seed(), config.start(), counters);
    this.done = config.start().minusNanos(1);
    this.nextScrape = firstScrape();
    this.nextRestart = plannedRestart(config.start());
  }

  /** Does everything that happens up to this instant, it included. */
  public synchronized void runTo(Instant end) {
    if (finished || !end.isAfter(done)) {
      return;
    }
    Deque<Instant> scripted = new ArrayDeque<>(faults.restarts(done, end));
    while (true) {
      Instant restart = earlier(nextRestart, scripted.isEmpty() ? Instant.MAX : scripted.peek());
      Instant next = earlier(traffic.nextStepEnd(), earlier(restart, nextScrape));
      if (next.isAfter(end)) {
        break;
      }
      // Of things at one instant: bytes first, then the restart that loses them, then the scrape.
      if (next.equals(traffic.nextStepEnd())) {
        traffic.step();
      } else if (next.equals(restart)) {
        restartNow(restart, scripted);
      } else {
        scrape(next);
      }
    }
    done = end;
  }

  /** Restarts Xray at this instant, or now if the simulation is already further. */
  public synchronized void restart(Instant at) {
    runTo(at);
    counters.restart(at.isAfter(done) ? at : done);
  }

  /**
   * Does everything up to this instant and scrapes once more; nothing happens after that. Every
   * byte the running process counted is then in a snapshot.
   */
  public synchronized void finish(Instant at) {
    runTo(at);
    if (!finished) {
      scrape(done);
      finished = true;
    }
  }

  /** What really happened so far. */
  public synchronized GroundTruth groundTruth() {
    return counters.groundTruth();
  }

  /** When the running Xray process started. */
  public synchronized Instant xrayStartedAt() {
    return counters.startedAt();
  }

  private void restartNow(Instant at, Deque<Instant> scripted) {
    if (at.equals(scripted.peek())) {
      scripted.remove();
    } else {
      nextRestart = plannedRestart(at);
    }
    counters.restart(at);
  }

  private void scrape(Instant at) {
    nextScrape = at.plus(config.scrapeInterval()).plus(drift());
    if (faults.missesScrapeAt(at)) {
      exporter.collectFailed("fetch xray stats: connection refused");
      return;
    }
    Optional<Identities> known =
        faults.identitiesDownAt(at) ? Optional.empty() : Optional.of(identities);
    exporter
        .collect(new Scrape(at, counters.startedAt(), counters.read(), known))
        .filter(row -> exporter.config().showsCounters())
        .ifPresent(row -> counters.kept(row.collectedAt()));
  }

  /** Flavour A's stamps are cut to the minute anyway; B's show the nanoseconds. */
  private Instant firstScrape() {
    return exporter.config().flavour() == Flavour.A
        ? config.start()
        : config.start().plusNanos(scrapeTimes.nextLong(1_000_000_000));
  }

  /** Flavour B's ticker drifts: now and then two snapshots in a minute, and none in the next. */
  private Duration drift() {
    return exporter.config().flavour() == Flavour.A
        ? Duration.ZERO
        : Duration.ofNanos(scrapeTimes.nextLong(-600_000_000, 350_000_000));
  }

  private Instant plannedRestart(Instant last) {
    Duration every = config.restartEvery();
    if (every == null) {
      return Instant.MAX;
    }
    return last.plusMillis((long) (every.toMillis() * (0.5 + restartTimes.nextDouble())));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
