package plus.svc.billing.emulator.window;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** One exporter: takes in scrapes, keeps a history, answers requests. Safe for many threads. */
public sealed interface Exporter permits ExporterA, ExporterB {
  static Exporter of(NodeConfig config, InstantSource clock) {
    return switch (config.flavour()) {
      case A -> new ExporterA(config, clock);
      case B -> new ExporterB(config, clock);
    };
  }

  NodeConfig config();

  /** Takes the counters in. Empty if this flavour keeps no snapshot of such a scrape. */
  Optional<SnapshotRow> collect(Scrape scrape);

  /** Notes that the counters could not be read. */
  void collectFailed(String message);

  /** Keeps a snapshot made elsewhere, as it is: a recorded history, say. */
  void save(SnapshotRow snapshot);

  /** The whole history, ascending. */
  List<SnapshotRow> history();

  /** Answers as the real exporter does. */
  Reply answer(Request request);

  /** Answers as the real exporter would with nothing in its history. */
  Reply answerAsIfEmpty(Request request);

  /** Lets other clients in from now on. */
  void access(Access access);
}
