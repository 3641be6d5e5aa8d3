package plus.svc.billing;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.jdbi3.JdbiFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import plus.svc.billing.auth.Tokens;
import plus.svc.billing.config.IngestMode;
import plus.svc.billing.config.Settings;
import plus.svc.billing.job.CollectJob;
import plus.svc.billing.job.DatabaseJobJournal;
import plus.svc.billing.job.JobRunner;
import plus.svc.billing.job.Jobs;
import plus.svc.billing.job.PushModeJobs;
import plus.svc.billing.job.ReconcileRequest;
import plus.svc.billing.ops.DatabaseProbe;

/** The object graph, made once. What is managed stops in the reverse order of its making. */
final class Wiring {

  private static final Duration PROBE_CAP = Duration.ofSeconds(2);
  private static final Duration JOB_STOP_WAIT = Duration.ofSeconds(30);

  private final Settings settings;
  private final Map<String, String> variables;
  private final Environment environment;
  private final InstantSource clock;
  private final String instance;

  Wiring(
      Settings settings,
      Map<String, String> variables,
      Environment environment,
      InstantSource clock) {
    this.settings = settings;
    this.variables = variables;
    this.environment = environment;
    this.clock = clock;
    this.instance = settings.instance().isEmpty() ? ownName() : settings.instance();
  }

  /** Makes everything and registers it with the environment. */
  void wire(AbstractServerFactory server) {
    Jdbi jdbi = database();
    Jobs jobs = settings.ingestMode() == IngestMode.PULL ? pulling(jdbi) : new PushModeJobs(clock);
    HttpEdges.register(
        environment,
        server,
        new Tokens(settings.tokens()),
        settings.jobs(),
        settings.image(),
        jobs,
        probe(jdbi));
  }

  private Jdbi database() {
    DataSourceFactory pool = settings.database().dataSourceFactory();
    return new JdbiFactory()
        .build(environment, pool, "database")
        .installPlugin(new PostgresPlugin());
  }

  private Jobs pulling(Jdbi jdbi) {
    JobRunner runner =
        new JobRunner(
            collectJob(jdbi),
            new ReconcileRequest(settings.jobs().reconcileLookBack()),
            new DatabaseJobJournal(jdbi, instance),
            clock,
            JOB_STOP_WAIT);
    environment.lifecycle().manage(runner);
    return runner;
  }

  private CollectJob collectJob(Jdbi jdbi) {
    throw new IllegalStateException("not wired yet " + jdbi + variables + List.of());
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
