package plus.svc.billing;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * A service started from code instead of the command line, for the demo and for tests: the same
 * configuration file, checks and object graph, and an end of its own.
 */
public final class RunningService implements AutoCloseable {

  private final Server server;

  private RunningService(Server server) {
    this.server = server;
  }

  /**
   * Starts the service and returns once it listens.
   *
   * @param configuration path of a {@code config.yml}
   * @param variables its environment; nothing else is looked at
   * @throws plus.svc.billing.platform.setting.StartRefused if it cannot start
   */
  public static RunningService start(Path configuration, Map<String, String> variables, Clock clock)
      throws Exception {
    Embedded application = new Embedded(variables, clock);
    application.run("server", configuration.toString());
    Server server = application.server;
    if (server == null) {
      throw new IllegalStateException("the server ended before it listened");
    }
    return new RunningService(server);
  }

  /** Where the application listens, {@code http://127.0.0.1:PORT}. */
  public URI baseUrl() {
    return url("application");
  }

  /** Where the admin port listens, {@code http://127.0.0.1:PORT}. */
  public URI adminUrl() {
    return url("admin");
  }

  /** Stops listening, then everything behind it; waits for both. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the service did not stop clean", e);
    }
  }

  private URI url(String connectorName) {
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof NetworkConnector network
          && connectorName.equals(connector.getName())) {
        return URI.create("http://127.0.0.1:" + network.getLocalPort());
      }
    }
    throw new IllegalStateException("no connector is named " + connectorName);
  }

  /** Keeps the server it started and throws where a command line would end the process. */
  private static final class Embedded extends BillingApplication {

    private @Nullable Server server;

    Embedded(Map<String, String> variables, Clock clock) {
      super(variables, clock);
    }

    @Override
    protected boolean ownsProcess() {
      return false;
    }

    @Override
    protected void listening(Server started) {
      // Whoever started it ends it; at the end of the process too, after what is still to do.
      started.setStopAtShutdown(false);
      server = started;
    }

    @Override
    protected void onFatalError(Throwable error) {
      if (error instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(error);
    }
  }
}
