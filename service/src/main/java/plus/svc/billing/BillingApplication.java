package plus.svc.billing;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.PooledDataSourceFactory;
import io.dropwizard.migrations.MigrationsBundle;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.sourceforge.argparse4j.inf.Argument;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import plus.svc.billing.admin.GrantCommand;
import plus.svc.billing.admin.TokenCommand;
import plus.svc.billing.config.DatabaseSettings;
import plus.svc.billing.config.Settings;
import plus.svc.billing.platform.LogGuard;
import plus.svc.billing.platform.database.DatabaseStart;
import plus.svc.billing.platform.log.AccessLog;
import plus.svc.billing.platform.log.Happening;
import plus.svc.billing.platform.setting.StartRefused;
import plus.svc.billing.platform.setting.SubstitutingFactoryFactory;
import plus.svc.billing.platform.setting.Variables;
import plus.svc.billing.platform.systemd.ServiceManager;
import plus.svc.billing.platform.systemd.Watchdog;
import plus.svc.billing.platform.trace.Tracing;

/**
 * The billing service's entry point: {@code server config.yml} serves, {@code db migrate
 * config.yml} brings the schema up to date.
 */
public class BillingApplication extends Application<BillingConfiguration> {

  private static final Logger LOG = LoggerFactory.getLogger(BillingApplication.class);
  static final String MIGRATIONS = "migrations.xml";

  private final Map<String, String> variables;
  private final Clock clock;

  /**
   * Makes the application for one environment.
   *
   * @param variables what {@code ${NAME}} in the configuration and {@code env:NAME} stand for
   * @param clock where the service takes the time from
   */
  public BillingApplication(Map<String, String> variables, Clock clock) {
    this.variables = Variables.stripped(variables);
    this.clock = clock;
  }

  /** Runs a command with the environment of the process and the dotenv files beside it. */
  public static void main(String[] args) throws Exception {
    try {
      Map<String, String> variables = Variables.load(System.getenv(), Path.of(""));
      new BillingApplication(variables, Clock.systemUTC()).run(args);
    } catch (StartRefused e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  @Override
  public String getName() {
    return "billing-service";
  }

  @Override
  public void initialize(Bootstrap<BillingConfiguration> bootstrap) {
    // Liquibase would report its use to its maker: the db commands talk to the database only.
    System.setProperty("liquibase.analytics.enabled", "false");
    bootstrap.setConfigurationFactoryFactory(new SubstitutingFactoryFactory<>(variables));
    bootstrap.addBundle(
        new MigrationsBundle<>() {
          @Override
          public PooledDataSourceFactory getDataSourceFactory(BillingConfiguration configuration) {
            return configuration.readDatabase(systemUser()).migrationsFactory();
          }

          @Override
          public String getMigrationsFileName() {
            return MIGRATIONS;
          }
        });
  }

  @Override
  public void run(BillingConfiguration configuration, Environment environment) throws Exception {
    LogGuard.install();
    Settings settings = configuration.read(variables, systemUser());
    if (ownsProcess()) {
      Tracing.start(variables);
    }
    if (!(configuration.getServerFactory() instanceof DefaultServerFactory server)) {
      throw new StartRefused(
          "server.type must be default: the admin port has an address of its own");
    }
    settings.listen().applyTo(server);
    AccessLog.applyTo(server, configuration.isJsonLog());
    awaitDatabase(settings.database());
    Wiring wiring = new Wiring(settings, variables, environment, clock);
    wiring.wire(server);
    ServiceManager manager = ServiceManager.of(variables, ProcessHandle.current().pid());
    environment.lifecycle().manage(new Watchdog(manager, wiring::pulses));
    environment
        .lifecycle()
        .addServerLifecycleListener(
            started -> {
              LOG.info(
                  Happening.SERVICE_LISTENS,
                  "billing-service listening on {}",
                  settings.listen().application());
              manager.ready("listening on " + settings.listen().application());
              listening(started);
            });
    environment.lifecycle().addEventListener(new Farewell(manager));
    if (ownsProcess()) {
      environment.lifecycle().addEventListener(new EndInTime(configuration.stopLimit()));
    }
  }

  /** Whether the process ends with the service, and may be ended if that takes too long. */
  protected boolean ownsProcess() {
    return true;
  }

  /** Called once the server listens. */
  protected void listening(Server started) {}

  @Override
  protected void addDefaultCommands(Bootstrap<BillingConfiguration> bootstrap) {
    bootstrap.addCommand(new QuietServerCommand(this));
    bootstrap.addCommand(new CheckCommand<>(this));
    bootstrap.addCommand(new TokenCommand());
    bootstrap.addCommand(
        new GrantCommand<>(BillingConfiguration.class, c -> c.readDatabase(systemUser()).start()));
  }

  private static void awaitDatabase(DatabaseSettings settings) throws Exception {
    DatabaseStart database = settings.start();
    database.awaitDatabase(
        settings.startupRetries(), settings.retryInterval(), time -> Thread.sleep(time.toMillis()));
    database.requireMigrated(MIGRATIONS);
  }

  private static String systemUser() {
    return System.getProperty("user.name", "billing");
  }

  /** Tells the service manager as the end begins, not when it has come. */
  private record Farewell(ServiceManager manager) implements LifeCycle.Listener {

    @Override
    public void lifeCycleStopping(LifeCycle event) {
      manager.stopping();
    }
  }

  /**
   * Ends the process if its end takes too long, as where the database holds a transaction up. It
   * takes back what was not committed; the next start goes on from there.
   */
  private record EndInTime(Duration limit) implements LifeCycle.Listener {

    @Override
    public void lifeCycleStopping(LifeCycle event) {
      Thread end = new Thread(this::endLate, "end-in-time");
      end.setDaemon(true);
      end.start();
    }

    private void endLate() {
      try {
        TimeUnit.MILLISECONDS.sleep(limit.toMillis());
      } catch (InterruptedException e) {
        return;
      }
      LOG.error(
          Happening.STOP_TOO_LONG, "the stop takes longer than {}; ending all the same", limit);
      LogGuard.flush();
      Runtime.getRuntime().halt(1);
    }
  }

  /** A wrong file is told in its own words, without a stack trace. */
  private static final class QuietServerCommand extends ServerCommand<BillingConfiguration> {

    QuietServerCommand(Application<BillingConfiguration> application) {
      super(application);
    }

    @Override
    protected Argument addFileArgument(Subparser subparser) {
      return super.addFileArgument(subparser).setDefault("config.yml");
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable error) {
      if (error instanceof ConfigurationException
          || error instanceof StartRefused
          || error instanceof FileNotFoundException) {
        cli.getStdErr().println(error.getMessage());
      } else {
        super.onError(cli, namespace, error);
      }
    }
  }
}
