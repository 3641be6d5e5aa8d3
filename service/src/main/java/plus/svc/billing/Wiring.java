package plus.svc.billing;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.jdbi3.JdbiFactory;
import io.dropwizard.lifecycle.AutoCloseableManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.Extensions;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.admin.AuditOperation;
import plus.svc.billing.admin.CheckpointSetOperation;
import plus.svc.billing.admin.CheckpointsOperation;
import plus.svc.billing.admin.DatabaseChangeJournal;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.admin.OperationServlet;
import plus.svc.billing.admin.Operations;
import plus.svc.billing.admin.PruneOperation;
import plus.svc.billing.admin.ReplayOperation;
import plus.svc.billing.admin.SourcesOperation;
import plus.svc.billing.audit.Audit;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.audit.ExporterAccess;
import plus.svc.billing.auth.AdminFilter;
import plus.svc.billing.auth.Gate;
import plus.svc.billing.auth.Throttle;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.collector.Collector;
import plus.svc.billing.collector.CollectorPlan;
import plus.svc.billing.config.CollectorSettings;
import plus.svc.billing.config.IngestMode;
import plus.svc.billing.config.IngestSection;
import plus.svc.billing.config.Settings;
import plus.svc.billing.config.ThresholdsSection;
import plus.svc.billing.config.WalletSection;
import plus.svc.billing.coverage.CoverageReader;
import plus.svc.billing.ingest.Ingest;
import plus.svc.billing.ingest.PushPolicies;
import plus.svc.billing.job.CountedJournal;
import plus.svc.billing.job.CredentialsHealthCheck;
import plus.svc.billing.job.DatabaseJobJournal;
import plus.svc.billing.job.JobRunner;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.job.JobsHealthCheck;
import plus.svc.billing.job.PushModeJobs;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.metrics.ServiceMetrics;
import plus.svc.billing.metrics.WalletMetrics;
import plus.svc.billing.ops.DatabaseProbe;
import plus.svc.billing.ops.LivenessResource;
import plus.svc.billing.ops.StartupResource;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.GroupCommit;
import plus.svc.billing.pipeline.Mender;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.Retention;
import plus.svc.billing.pipeline.ledger.BalanceWatch;
import plus.svc.billing.pipeline.ledger.PriceObserver;
import plus.svc.billing.pipeline.readmodel.ArrearsSweep;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.http.ExporterClient;
import plus.svc.billing.pipeline.source.page.DecoderLimits;
import plus.svc.billing.pipeline.source.page.WindowDecoder;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.platform.BoundedTransactions;
import plus.svc.billing.platform.DatabaseClock;
import plus.svc.billing.platform.PeriodicLoop;
import plus.svc.billing.platform.Pulse;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.platform.SilentCopies;
import plus.svc.billing.registry.SourceRegistry;
import plus.svc.billing.repair.Checkpoints;
import plus.svc.billing.repair.Quarantine;
import plus.svc.billing.repair.Replay;
import plus.svc.billing.wallet.MonthAhead;
import plus.svc.billing.wallet.ServicePriceBook;
import plus.svc.billing.wallet.ThresholdNotices;
import plus.svc.billing.wallet.TrafficNotices;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletPolicy;
import plus.svc.billing.wallet.api.CallbackGate;
import plus.svc.billing.wallet.api.RechargeCalls;
import plus.svc.billing.wallet.api.WalletFacade;
import plus.svc.billing.wallet.cache.CacheSettings;
import plus.svc.billing.wallet.cache.ReadCache;
import plus.svc.billing.wallet.cache.RedisCache;

/** The object graph, made once. What is managed stops in the reverse order of its making. */
final class Wiring {

  private static final String METRICS_PATH = "/prometheus";
  private static final Duration PROBE_CAP = Duration.ofSeconds(2);
  private static final Duration PRICES_OBSERVED_EVERY = Duration.ofMinutes(1);
  private static final Duration RECORDS_COUNTED_EVERY = Duration.ofMinutes(1);
  private static final Duration ARCHIVE_TENDED_EVERY = Duration.ofHours(6);
  private static final Duration JOB_PATIENCE = Duration.ofSeconds(20);
  private static final Duration PUSH_PATIENCE = Duration.ofSeconds(10);
  private static final int AUDIT_PAGE = 60;
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);

  private final Settings settings;
  private final Map<String, String> variables;
  private final Environment environment;
  private final Clock clock;
  private final String instance;
  private final ServiceMetrics metrics;

  /** Of every loop that must go on. */
  private final List<Pulse> pulses = new CopyOnWriteArrayList<>();

  /** What operators can ask for. */
  private final List<Operation> operations = new ArrayList<>();

  /** As configured, or as operators changed it since. */
  private volatile List<SourceSpec> sources;

  Wiring(Settings settings, Map<String, String> variables, Environment environment, Clock clock) {
    this.settings = settings;
    this.variables = variables;
    this.environment = environment;
    this.clock = clock;
    this.sources = settings.sources();
    this.metrics = new ServiceMetrics(ServiceMetrics.MOST_SOURCES, settings.image());
    this.instance = settings.instance().isEmpty() ? ownName() : settings.instance();
  }

  /** Of every loop; complete once wired. */
  List<Pulse> pulses() {
    return pulses;
  }

  /** Makes everything and registers it with the environment. */
  void wire(AbstractServerFactory server) {
    Jdbi jdbi = database();
    Notifying notifying = notifications(jdbi);
    PipelineSettings telling = settings.pipeline().telling(trafficNotices(notifying));
    Pipeline pipeline = new Pipeline(jdbi, telling, clock, metrics.pipeline());
    observePrices(jdbi);
    keepArchive(jdbi);
    sweepArrears(jdbi, pipeline);
    endSilentCopies(jdbi);
    WalletPolicy walletPolicy = walletPolicy(notifying);
    WalletEngine engine = wallet(jdbi, pipeline, walletPolicy);
    Gate gate =
        new Gate(new Tokens(settings.tokens()), Throttle.standard(clock), environment.metrics());
    WalletFacade wallet = walletFacade(engine, recharging(jdbi, pipeline, walletPolicy), gate);
    GroupCommit commits = groupCommit(pipeline);
    exposeMetrics(commits);
    Function<Delivery, Receipt> sink = metrics.counting(commits::accept);
    Replay replay = mending(jdbi, telling);
    Jobs jobs =
        settings.ingestMode() == IngestMode.PULL
            ? pulling(jdbi, sink, replay)
            : new PushModeJobs(clock);
    environment.healthChecks().register("sources", new JobsHealthCheck(jobs));
    HttpEdges.register(
        environment,
        server,
        gate,
        settings.jobs(),
        settings.image(),
        jobs,
        ingest(pipeline, sink),
        probe(jdbi),
        operators(jdbi, jobs),
        continuousAudit(jdbi),
        WalletEdges.denials(wallet));
    WalletEdges.register(environment, wallet, gate, settings.wallet().grpc());
    environment.jersey().register(new LivenessResource(() -> pulses));
    environment
        .jersey()
        .register(new StartupResource(environment.getApplicationContext()::isStarted));
  }

  /** What operators can ask for; those that need more than the database were added before. */
  private OperationServlet operators(Jdbi jdbi, Jobs jobs) {
    DatabaseChangeJournal journal = new DatabaseChangeJournal(jdbi);
    operations.addAll(
        Operators.reading(jdbi, settings, clock, journal, jobs, environment.healthChecks()));
    operations.add(
        new AuditOperation(
            new Audit(
                jdbi, settings.pipeline().rating().peakHours(), () -> sources, auditAccess())));
    return new OperationServlet(
        new Operations(operations), journal, clock, environment.getObjectMapper());
  }

  /** Audits ask exporters with a client of their own: a source answers one request of each. */
  private ExporterAccess auditAccess() {
    if (settings.ingestMode() != IngestMode.PULL) {
      return ExporterAccess.NONE;
    }
    ExporterClient client =
        new ExporterClient(
            new WindowDecoder(DecoderLimits.DEFAULT),
            new SecretRefs(variables),
            metrics.pipeline());
    environment.lifecycle().manage(new AutoCloseableManager(client));
    return new ExporterAccess(client, AUDIT_PAGE, ExporterAccess.REMEMBERED);
  }

  /** What Prometheus reads, on the admin port. */
  private void exposeMetrics(GroupCommit commits) {
    metrics.waiting(commits::waiting);
    metrics.framework(environment.metrics(), environment.healthChecks());
    environment.admin().addServlet(AdminFilter.METRICS, metrics.servlet()).addMapping(METRICS_PATH);
  }

  /** What is pulled and what is pushed share transactions. */
  private GroupCommit groupCommit(Pipeline pipeline) {
    GroupCommit commits =
        new GroupCommit(
            pipeline,
            settings.collector().writers(),
            settings.collector().transactionSamples(),
            STOP_WAIT);
    environment.lifecycle().manage(new AutoCloseableManager(commits));
    return commits;
  }

  private Ingest ingest(Pipeline pipeline, Function<Delivery, Receipt> sink) {
    IngestSection.Settings ingest = settings.ingest();
    return new Ingest(
        sink::apply,
        new PushPolicies(() -> sources, ingest.newNodes(), pipeline::takenOver),
        ingest.concurrentPushes(),
        PUSH_PATIENCE,
        ingest.bodyTimeout(),
        clock,
        environment.metrics());
  }

  private Jdbi database() {
    DataSourceFactory pool = settings.database().dataSourceFactory();
    Jdbi jdbi =
        new JdbiFactory()
            .build(environment, pool, "database")
            .installPlugin(new BillingJdbiPlugin())
            .configure(
                Extensions.class, all -> all.registerHandlerCustomizer(metrics.repositories()));
    // Who is silent for longer has lost its leases too.
    jdbi.setTransactionHandler(new BoundedTransactions(settings.collector().leaseTime()));
    return jdbi;
  }

  /**
   * The collector stops before the jobs that wait for it, the client and the writers after both.
   */
  private Jobs pulling(Jdbi jdbi, Function<Delivery, Receipt> sink, Replay replay) {
    SecretRefs secrets = new SecretRefs(variables);
    ExporterClient client =
        new ExporterClient(new WindowDecoder(DecoderLimits.DEFAULT), secrets, metrics.pipeline());
    Collector collector =
        new Collector(
            settings.sources(),
            collectorPlan(),
            jdbi,
            metrics.counting(client),
            sink::apply,
            clock);
    CoverageReader coverage = new CoverageReader(jdbi);
    CollectorJob job =
        new CollectorJob(collector, replay, coverage, client::credentialAlarms, clock);
    metrics.sources(() -> job.figures(client::certificateExpiries));
    JobRunner runner =
        new JobRunner(
            job,
            new ReconcileRequest(settings.jobs().reconcileLookBack()),
            new CountedJournal(
                new DatabaseJobJournal(
                    jdbi, instance, clock.instant(), settings.collector().leaseTime()),
                metrics.jobs()),
            clock,
            STOP_WAIT);
    environment.lifecycle().manage(new AutoCloseableManager(coverage));
    environment.lifecycle().manage(new AutoCloseableManager(client));
    environment.lifecycle().manage(runner);
    environment.lifecycle().manage(collector);
    pulses.addAll(collector.pulses());
    watchCredentials(client);
    keepRegistry(jdbi, secrets, client, collector);
    return runner;
  }

  /** It asks exporters by itself: neither it nor the collector ends the other's requests. */
  private Replay mending(Jdbi jdbi, PipelineSettings telling) {
    ExporterClient client =
        new ExporterClient(
            new WindowDecoder(DecoderLimits.DEFAULT),
            new SecretRefs(variables),
            metrics.pipeline());
    environment.lifecycle().manage(new AutoCloseableManager(client));
    Mender mender = new Mender(jdbi, telling, clock, metrics.pipeline());
    Replay replay =
        new Replay(
            mender,
            jdbi,
            () -> sources,
            metrics.counting(client),
            settings.collector().transactionSamples());
    Checkpoints checkpoints = new Checkpoints(jdbi, () -> sources, clock);
    operations.add(new ReplayOperation(replay, new Quarantine(jdbi, mender)));
    operations.add(new CheckpointsOperation(checkpoints));
    operations.add(new CheckpointSetOperation(checkpoints));
    return replay;
  }

  /** Tells where an old credential is still in use because the new one cannot be. */
  private void watchCredentials(ExporterClient client) {
    environment
        .metrics()
        .gauge("sources.credential-alarms", () -> () -> client.credentialAlarms().size());
    environment
        .healthChecks()
        .register("credentials", new CredentialsHealthCheck(client::credentialAlarms));
  }

  /** Follows the sources that operators add, change and disable, on this instance or another. */
  private void keepRegistry(
      Jdbi jdbi, SecretRefs secrets, ExporterClient client, Collector collector) {
    SourceRegistry registry =
        new SourceRegistry(
            settings.sources(),
            settings.collector().interval(),
            secrets,
            jdbi,
            known -> {
              sources = known;
              collector.follow(known);
              client.retain(
                  known.stream()
                      .filter(SourceSpec::enabled)
                      .map(SourceSpec::id)
                      .collect(Collectors.toSet()));
            },
            clock);
    PeriodicLoop loop =
        new PeriodicLoop(
            "source-registry", settings.sourcesRefresh(), STOP_WAIT, clock, registry::refresh);
    keep("source-registry", loop);
    operations.add(new SourcesOperation(registry));
  }

  private CollectorPlan collectorPlan() {
    CollectorSettings collector = settings.collector();
    return new CollectorPlan(
        instance,
        collector.workers(),
        collector.pageSnapshots(),
        collector.pageSamples(),
        collector.firstLookBack(),
        collector.leaseTime(),
        collector.slowAfter(),
        collector.longestPause(),
        JOB_PATIENCE,
        STOP_WAIT);
  }

  /** What holds for every account; lines that are crossed are told. */
  private WalletPolicy walletPolicy(Notifying notifying) {
    ThresholdsSection.Settings thresholds = settings.wallet().thresholds();
    return settings
        .wallet()
        .policy()
        .telling(
            new ThresholdNotices(
                thresholds.thresholds(), thresholds.balanceLow(), notifying.outbox()));
  }

  /** Who is told of the lines that traffic crosses. */
  private BalanceWatch trafficNotices(Notifying notifying) {
    ThresholdsSection.Settings thresholds = settings.wallet().thresholds();
    return TrafficNotices.of(
        thresholds.thresholds(),
        thresholds.balanceLow(),
        settings.wallet().policy().unit(),
        notifying.outbox());
  }

  /** The ledger as services use it, with what happens in it by itself. */
  private WalletEngine wallet(Jdbi jdbi, Pipeline pipeline, WalletPolicy policy) {
    WalletSection.Settings wallet = settings.wallet();
    ServicePriceBook prices = new ServicePriceBook(jdbi, wallet.services(), clock);
    WalletEngine engine =
        new WalletEngine(
            jdbi,
            policy,
            wallet.limits(),
            prices::prices,
            pipeline::open,
            pipeline::settleStandings,
            clock);
    environment.lifecycle().manage(new AutoCloseableManager(engine));
    keep(
        "service-prices",
        new PeriodicLoop(
            "service-prices", PRICES_OBSERVED_EVERY, STOP_WAIT, clock, prices::refresh));
    MonthAhead monthAhead =
        new MonthAhead(jdbi, policy, wallet.monthAhead(), prices::prices, clock);
    keep(
        "month-ahead",
        new PeriodicLoop("month-ahead", PRICES_OBSERVED_EVERY, STOP_WAIT, clock, monthAhead::turn));
    keep(
        "wallet-tending",
        new PeriodicLoop(
            "wallet-tending", wallet.tendInterval(), STOP_WAIT, clock, engine.tending()::tend));
    return engine;
  }

  /** Orders of recharges, and the payment service that they are paid at. */
  private Recharging recharging(Jdbi jdbi, Pipeline pipeline, WalletPolicy policy) {
    Recharging recharging =
        Recharging.wire(
            settings.wallet().payment(),
            jdbi,
            policy,
            pipeline::open,
            pipeline::settleStandings,
            new SecretRefs(variables),
            metrics.recharges(),
            clock);
    environment.lifecycle().manage(new AutoCloseableManager(recharging.payments()));
    keep("recharge-poll", recharging.loop());
    operations.addAll(recharging.operations());
    return recharging;
  }

  /** What both faces of the wallet call, and how many records it keeps. */
  private WalletFacade walletFacade(WalletEngine engine, Recharging recharging, Gate gate) {
    AtomicReference<Map<String, Long>> records = new AtomicReference<>(Map.of());
    keep(
        "record-counts",
        new PeriodicLoop(
            "record-counts",
            RECORDS_COUNTED_EVERY,
            STOP_WAIT,
            clock,
            () -> records.set(engine.reads().estimates(WalletMetrics.REPOSITORIES))));
    metrics.wallet().records(records::get);
    return new WalletFacade(
        engine,
        new RechargeCalls(recharging.recharge()),
        new CallbackGate(recharging.signature(), gate, clock),
        readCache(),
        metrics.wallet());
  }

  /** What checks and balances may be answered from; it may come later, or never. */
  private ReadCache readCache() {
    @Nullable CacheSettings cache = settings.wallet().cache();
    if (cache == null) {
      return ReadCache.NONE;
    }
    RedisCache redis = new RedisCache(cache, new SecretRefs(variables), metrics.cache(), clock);
    environment.lifecycle().manage(new AutoCloseableManager(redis));
    return redis;
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
            () -> observer.observe(notBehind(jdbi)));
    keep("price-observer", loop);
  }

  /** Now; were our clock behind, what it calls the next minute is rated already. */
  private Instant notBehind(Jdbi jdbi) {
    Instant ours = clock.instant();
    Instant theirs = new DatabaseClock(jdbi).instant();
    return ours.isBefore(theirs) ? theirs : ours;
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
    keep("archive-retention", loop);
    operations.add(new PruneOperation(retention, clock));
  }

  /** Looks after the recent past, and turns health degraded while something is not right. */
  private @Nullable ContinuousAudit continuousAudit(Jdbi jdbi) {
    if (!settings.audit().enabled()) {
      return null;
    }
    ContinuousAudit audit =
        new ContinuousAudit(
            jdbi, settings.pipeline().rating().peakHours(), settings.audit().lookBack(), clock);
    PeriodicLoop loop =
        new PeriodicLoop(
            "continuous-audit", settings.audit().interval(), STOP_WAIT, clock, audit::turn);
    keep("continuous-audit", loop);
    environment.healthChecks().register("audit", audit);
    metrics.audit(
        () -> audit.standing().findings(),
        () -> audit.standing().atRiskMinutes(),
        () -> audit.standing().verifiedUntil());
    return audit;
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
              ArrearsSweep.Outcome swept = sweep.sweep(clock.instant());
              metrics.swept(swept.suspended(), swept.lifted());
            });
    keep("arrears-sweep", loop);
  }

  /** Frees what an instance that froze in mid-write holds. */
  private void endSilentCopies(Jdbi jdbi) {
    Duration silence = settings.collector().leaseTime();
    SilentCopies copies = new SilentCopies(jdbi, silence);
    PeriodicLoop loop =
        new PeriodicLoop("silent-copies", silence, STOP_WAIT, clock, () -> copies.end());
    keep("silent-copies", loop);
  }

  /** Tells other systems of accounts. */
  private Notifying notifications(Jdbi jdbi) {
    Notifying notifying =
        Notifying.wire(
            settings.wallet(),
            jdbi,
            new SecretRefs(variables),
            environment,
            metrics.notices(),
            pulses::add,
            clock);
    operations.addAll(notifying.operations());
    return notifying;
  }

  private void keep(String name, PeriodicLoop loop) {
    environment.lifecycle().manage(loop);
    environment.healthChecks().register(name, loop);
    pulses.add(loop.pulse());
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
