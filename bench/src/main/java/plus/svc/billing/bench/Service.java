package plus.svc.billing.bench;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;

/** The service's write path on one database. */
final class Service implements AutoCloseable {

  private static final NodePolicy POLICY =
      new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1_250_000_000_000L);

  private final Connections connections;
  private final Pipeline pipeline;
  private final Clock clock;
  private final Profile profile = new Profile();
  private final boolean profiled;

  Service(Database database, Clock clock) {
    this(database, clock, false);
  }

  /**
   * @param profiled whether to time each statement
   */
  Service(Database database, Clock clock, boolean profiled) {
    this.connections = new Connections(database);
    this.clock = clock;
    RatingPolicy rating =
        new RatingPolicy(
            new BigDecimal("0.0000000015"),
            1_000_000,
            BigDecimal.ZERO,
            "bench-v1",
            Map.of(),
            PeakHours.NONE,
            ZoneOffset.UTC);
    Jdbi jdbi = connections.jdbi();
    if (profiled) {
      jdbi.setSqlLogger(profile);
    }
    this.profiled = profiled;
    this.pipeline = new Pipeline(jdbi, new PipelineSettings(rating, "", "bench"), clock);
  }

  /** A page of one node's snapshots. */
  Delivery delivery(int node, List<Snapshot> page) {
    return new Delivery(
        new SourceId("node-" + node),
        POLICY,
        0,
        page,
        new Progress(page.get(page.size() - 1).collectedAt(), null, clock.instant()));
  }

  /** Takes pages of several sources. */
  Receipt accept(List<Delivery> deliveries) {
    Receipt sum = Receipt.NOTHING;
    for (Pipeline.Outcome outcome : pipeline.acceptAll(deliveries, 50_000)) {
      sum = sum.plus(outcome.orThrow());
    }
    return sum;
  }

  /** Prints where the time went since it was last called, if it is to be known at all. */
  void printProfile(String title, long samples) {
    if (profiled) {
      profile.print(System.out, title, samples);
    }
  }

  @Override
  public void close() throws SQLException {
    connections.close();
  }
}
