package plus.svc.billing.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import plus.svc.billing.emulator.fault.Faults;
import plus.svc.billing.emulator.window.SnapshotRow;
import plus.svc.billing.emulator.xray.GroundTruth;

/**
 * A node with life in it: an {@link ExporterEmulator} and the {@link Simulation} that fills it, on
 * one clock. Whoever moves the clock calls {@link #tick} now and then.
 */
public final class SimulatedExporter implements AutoCloseable {
  private final ExporterEmulator emulator;
  private final Simulation simulation;
  private final InstantSource clock;

  private SimulatedExporter(ExporterEmulator emulator, Simulation simulation, InstantSource clock) {
    this.emulator = emulator;
    this.simulation = simulation;
    this.clock = clock;
  }

  /**
   * Starts listening, with an empty history until the first tick.
   *
   * @throws IOException if the port is taken
   */
  public static SimulatedExporter start(
      EmulatorConfig config, SimulationConfig life, InstantSource clock) throws IOException {
    ExporterEmulator emulator = ExporterEmulator.start(config, clock);
    Simulation simulation = new Simulation(life, emulator.exporter(), emulator.faults());
    return new SimulatedExporter(emulator, simulation, clock);
  }

  /** Catches up with the clock: traffic, restarts, scrapes, and whether to listen at all. */
  public void tick() {
    simulation.runTo(clock.instant());
    try {
      emulator.tick();
    } catch (IOException e) {
      throw new UncheckedIOException("the port can't be opened again: " + baseUri(), e);
    }
  }

  /** Restarts Xray now. */
  public void restart() {
    simulation.restart(clock.instant());
  }

  /** Ends the simulation with a last scrape; the exporter goes on answering. */
  public void finish() {
    simulation.finish(clock.instant());
  }

  /** The stamp of the newest snapshot in the history, {@link Instant#MIN} if there is none. */
  public Instant lastSnapshotAt() {
    return emulator.exporter().history().stream()
        .map(SnapshotRow::collectedAt)
        .max(Comparator.naturalOrder())
        .orElse(Instant.MIN);
  }

  /** What really happened so far. */
  public GroundTruth groundTruth() {
    return simulation.groundTruth();
  }

  public Faults faults() {
    return emulator.faults();
  }

  public URI baseUri() {
    return emulator.baseUri();
  }

  public ExporterEmulator emulator() {
    return emulator;
  }

  @Override
  public void close() {
    emulator.close();
  }
}
