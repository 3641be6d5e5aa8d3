package plus.svc.billing.emulator;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import plus.svc.billing.emulator.fault.Faults;
import plus.svc.billing.emulator.window.Access;
import plus.svc.billing.emulator.window.Exporter;
import plus.svc.billing.emulator.window.Request;
import plus.svc.billing.emulator.window.SnapshotRow;

/**
 * One exporter node on a real socket: what the exporter would answer, spoilt by the faults that
 * strike. The history is filled by a {@link Simulation} or with {@link #load}.
 */
public final class ExporterEmulator implements AutoCloseable {
  private final Exporter exporter;
  private final Faults faults;
  private final InstantSource clock;
  private final RequestHandler handler;
  private final Listener listener;

  private ExporterEmulator(EmulatorConfig config, InstantSource clock) throws IOException {
    this.clock = clock;
    this.exporter = Exporter.of(config.node(), clock);
    this.faults = new Faults();
    this.handler = new RequestHandler(exporter, faults, clock);
    this.listener = new Listener(config, handler);
  }

  /**
   * Starts listening.
   *
   * @param clock what the defaults of the API and the instants of faults are measured by
   * @throws IOException if the port is taken
   */
  public static ExporterEmulator start(EmulatorConfig config, InstantSource clock)
      throws IOException {
    return new ExporterEmulator(config, clock);
  }

  /** What a client is given as base URL, path prefix included; no slash at the end. */
  public URI baseUri() {
    return listener.baseUri();
  }

  public Exporter exporter() {
    return exporter;
  }

  public Faults faults() {
    return faults;
  }

  /** Puts snapshots into the history as they are, in this order. */
  public ExporterEmulator load(List<SnapshotRow> snapshots) {
    snapshots.forEach(exporter::save);
    return this;
  }

  /** Lets other clients in from now on: a rotated or revoked token. */
  public void access(Access access) {
    exporter.access(access);
  }

  /** The requests seen last, oldest first, at most 1000. */
  public List<Request> recentRequests() {
    return handler.recent();
  }

  /** How many requests were seen. */
  public long requestCount() {
    return handler.count();
  }

  /** Stops or starts listening where a fault that refuses connections begins or ends. */
  public void tick() throws IOException {
    listener.listen(!faults.refusesConnections(clock.instant()));
  }

  /** Stops at once; requests under way are cut off. */
  @Override
  public void close() {
    handler.close();
    listener.close();
  }
}
