package plus.svc.billing;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.jdbi3.JdbiFactory;
import io.dropwizard.lifecycle.AutoCloseableManager;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.admin.PruneTask;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Throttle;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.CollectorPlan;
import plus.svc.billing.config.CollectorSettings;
import plus.svc.billing.config.IngestMode;
import plus.svc.billing.config.IngestSection;
import plus.svc.billing.config.Settings;
import plus.svc.billing.ingest.Ingest;
import plus.svc.billing.ingest.PushPolicies;
import plus.svc.billing.job.DatabaseJobJournal;
import plus.svc.billing.job.JobRunner;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.job.JobsHealthCheck;
import plus.svc.billing.job.PushModeJobs;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.pipeline.GroupCommit;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.Retention;
import plus.svc.billing.pipeline.ledger.PriceObserver;
import plus.svc.billing.pipeline.readmodel.ArrearsSweep;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.platform.PeriodicLoop;
import plus.svc.billing.platform.SecretRefs;

/** The object graph, made once. What is managed stops in the reverse order of its making. */
final class Wiring {

  private static final Duration PROBE_CAP = Duration.ofSeconds(2);
  private static final Duration PRICES_OBSERVED_EVERY = Duration.ofMinutes(1);
  private static final Duration ARCHIVE_TENDED_EVERY = Duration.ofHours(6);
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);

  private final Settings settings;
  private final Map<String, String> variables;
  private final Environment environment;
  private final Clock clock;
  private final String instance;

  Wiring(Settings settings, Map<String, String> variables, Environment environment, Clock clock) {
    this.settings = settings;
    this.variables = variables;
    this.environment = environment;
    this.clock = clock;
    this.instance = settings.instance().isEmpty() ? ownName() : settings.instance();
  }

  /** Makes everything and registers it with the environment. */
  void wire(AbstractServerFactory server) {
    Jdbi jdbi = database();
    Pipeline pipeline = new Pipeline(jdbi, settings.pipeline(), clock);
    observePrices(jdbi);
    keepArchive(jdbi);
    sweepArrears(jdbi, pipeline);
    Jobs jobs =
        settings.ingestMode() == IngestMode.PULL
            ? pulling(jdbi, pipeline)
            : new PushModeJobs(clock);
    environment.healthChecks().register("sources", new JobsHealthCheck(jobs));
    HttpEdges.register(
        environment,
        server,
        new Gate(new Tokens(settings.tokens()), Throttle.standard(clock), environment.metrics()),
        settings.jobs(),
        settings.image(),
        jobs,
        ingest(pipeline),
        probe(jdbi));
  }

  private Ingest ingest(Pipeline pipeline) {
    IngestSection.Settings ingest = settings.ingest();
    return new Ingest(
        pipeline::accept,
        new PushPolicies(settings.sources(), ingest.newNodes(), pipeline::takenOver),
        ingest.concurrentPushes(),
        ingest.bodyTimeout(),
        clock,
        environment.metrics());
  }

  private Jdbi database() {
    DataSourceFactory pool = settings.database().dataSourceFactory();
    return new JdbiFactory()
        .build(environment, pool, "database")
        .installPlugin(new BillingJdbiPlugin());
  }

  /**
   * The collector stops before the jobs that wait for it, the client and the writers after both.
   */
  private Jobs pulling(Jdbi jdbi, Pipeline pipeline) {
    ExporterClient client =
        new ExporterClient(new WindowDecoder(DecoderLimits.DEFAULT), new SecretRefs(variables));
    GroupCommit commits =
        new GroupCommit(
            pipeline,
            settings.collector().writers(),
            settings.collector().transactionSamples(),
            STOP_WAIT);
    Collector collector =
        new Collector(settings.sources(), collectorPlan(), jdbi, client, commits::accept, clock);
    JobRunner runner =
        new JobRunner(
            new CollectorJob(collector, clock),
            new ReconcileRequest(settings.jobs().reconcileLookBack()),
            new DatabaseJobJournal(jdbi, instance),
            clock,
            STOP_WAIT);
    environment.lifecycle().manage(new AutoCloseableManager(commits));
    environment.lifecycle().manage(new AutoCloseableManager(client));
    environment.lifecycle().manage(runner);
    environment.lifecycle().manage(collector);
    return runner;
  }

  private CollectorPlan collectorPlan() {
    CollectorSettings collector = settings.collector();
    return new CollectorPlan(
        instance,
        collector.workers(),
        collector.pageSnapshots(),
        collector.firstLookBack(),
        collector.leaseTime(),
        STOP_WAIT);
  }

  /** Notices changed prices: each becomes a version from then on. */
  private void observePrices(Jdbi jdbi) {
    PriceObserver observer = new PriceObserver(jdbi, settings.pipeline().rating());
    PeriodicLoop loop =
        new PeriodicLoop(
            "price-observer",
            PRICES_OBSERVED_EVERY,
            STOP_WAIT,
            clock,
            () -> observer.observe(clock.instant()));
    environment.lifecycle().manage(loop);
    environment.healthChecks().register("price-observer", loop);
  }

  /** Prepares the archive's days to come and drops those that are over. */
  private void keepArchive(Jdbi jdbi) {
    Retention retention = new Retention(jdbi, settings.archive().retention());
    PeriodicLoop loop =
        new PeriodicLoop(
            "archive-retention",
            ARCHIVE_TENDED_EVERY,
            STOP_WAIT,
            clock,
            () -> {
              retention.prepare(clock.instant());
              retention.prune(clock.instant());
            });
    environment.lifecycle().manage(loop);
    environment.healthChecks().register("archive-retention", loop);
    environment.admin().addTask(new PruneTask(retention, clock));
  }

  /** Suspends who owes too long, after taking in what other services posted meanwhile. */
  private void sweepArrears(Jdbi jdbi, Pipeline pipeline) {
    ArrearsSweep sweep = new ArrearsSweep(jdbi, settings.arrears().suspendThreshold());
    PeriodicLoop loop =
        new PeriodicLoop(
            "arrears-sweep",
            settings.arrears().sweepInterval(),
            STOP_WAIT,
            clock,
            () -> {
              pipeline.settleForeignEntries();
              sweep.sweep(clock.instant());
            });
    environment.lifecycle().manage(loop);
    environment.healthChecks().register("arrears-sweep", loop);
  }

  private DatabaseProbe probe(Jdbi jdbi) {
    DatabaseProbe probe =
        new DatabaseProbe(
            () ->
                jdbi.withHandle(handle -> handle.createQuery("SELECT 1").mapTo(int.class).one())
                    == 1,
            PROBE_CAP);
    environment.lifecycle().manage(probe);
    return probe;
  }

  private static String ownName() {
    return ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
