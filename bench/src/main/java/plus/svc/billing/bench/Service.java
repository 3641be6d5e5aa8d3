package plus.svc.billing.bench;

import java.math.BigDecimal;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.collector.CollectReport;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.CollectorPlan;
import plus.svc.billing.collector.SourceOutcome;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.GroupCommit;
import plus.svc.billing.pipeline.NodePolicy;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.Progress;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.pipeline.rating.RatingPolicy;
import plus.svc.billing.pipeline.snapshot.Snapshot;
import plus.svc.billing.pipeline.source.AuthMode;
import plus.svc.billing.pipeline.source.FirstSnapshot;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceMode;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.SecretRefs;

/** The service on one database, from the sockets of its exporters to committed facts. */
final class Service implements AutoCloseable {

  private static final int TRANSACTION_SAMPLES = 50_000;
  private static final int WORKERS = 64;
  private static final Duration WAIT = Duration.ofMinutes(1);
  private static final NodePolicy POLICY =
      new NodePolicy(FirstSnapshot.BASELINE, Instant.EPOCH, 1_250_000_000_000L);

  private final Connections connections;
  private final SetClock clock = new SetClock();
  private final Workload workload;
  private final Pipeline pipeline;
  private final GroupCommit commits;
  private final ExporterClient client;
  private final Collector collector;
  private final Profile profile = new Profile();
  private final boolean profiled;

  /**
   * @param streams transactions at the same time
   * @param exporter base URL of each node
   */
  Service(Database database, Workload workload, Plan plan, int streams, IntFunction<URI> exporter) {
    this.connections = new Connections(database);
    this.workload = workload;
    this.profiled = plan.profile();
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
    this.pipeline = new Pipeline(jdbi, new PipelineSettings(rating, "", "bench"), clock);
    this.commits = new GroupCommit(pipeline, streams, TRANSACTION_SAMPLES, WAIT);
    this.client =
        new ExporterClient(new WindowDecoder(DecoderLimits.DEFAULT), new SecretRefs(Map.of()));
    this.collector =
        new Collector(
            IntStream.range(0, workload.nodes())
                .mapToObj(node -> source(node, exporter.apply(node)))
                .toList(),
            new CollectorPlan("bench", WORKERS, plan.pageMinutes(), Duration.ofDays(3), WAIT, WAIT),
            jdbi,
            client,
            commits::accept,
            clock);
  }

  private SourceSpec source(int node, URI baseUrl) {
    return new SourceSpec(
        new SourceId("node-" + node),
        workload.node(node).node(),
        workload.node(node).env(),
        baseUrl,
        true,
        AuthMode.NONE,
        null,
        null,
        null,
        Duration.ofMinutes(1),
        WAIT,
        SourceMode.WINDOW,
        POLICY.firstSnapshot(),
        POLICY.billingFrom(),
        POLICY.maxBytesPerSecond());
  }

  /** Collects of every node what is new when the given minute is the newest one. */
  void collectUpTo(int minute) {
    clock.set(workload.at(minute + 1));
    check(collector.collectNow().join());
  }

  /** Reads so many minutes again. */
  void readAgain(int minutes) {
    check(collector.reconcile(Duration.ofMinutes(minutes)).join());
  }

  private static void check(CollectReport report) {
    for (SourceOutcome outcome : report.outcomes()) {
      @Nullable String error = outcome.error();
      if (error != null || outcome.ending() != SourceOutcome.Ending.READ) {
        throw new IllegalStateException(
            outcome.source() + " ended " + outcome.ending() + ": " + error);
      }
    }
  }

  /** A page as if it came late, handed to the pipeline itself. */
  void deliver(int node, List<Snapshot> page) {
    Instant newest = page.get(page.size() - 1).collectedAt();
    pipeline.accept(
        new Delivery(
            new SourceId("node-" + node),
            POLICY,
            0,
            page,
            new Progress(newest, null, clock.instant())));
  }

  /** Prints where the time went since it was last called, if it is to be known at all. */
  void printProfile(String title, long samples) {
    if (profiled) {
      profile.print(System.out, title, samples);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      collector.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
    commits.close();
    connections.close();
  }
}
