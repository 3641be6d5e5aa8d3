package plus.svc.billing.config;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import plus.svc.billing.platform.setting.ListenAddress;

/** Both listeners, as checked. Plain HTTP: the admin port is loopback only. */
public record ListenSettings(ListenAddress application, ListenAddress admin) {

  /** Puts the connectors in place of whatever the factory has. */
  public void applyTo(DefaultServerFactory server) {
    server.setApplicationConnectors(List.of(connector(application)));
    server.setAdminConnectors(List.of(connector(admin)));
  }

  private static HttpConnectorFactory connector(ListenAddress address) {
    HttpConnectorFactory connector = new ExactHeaders();
    connector.setBindHost(address.host().isEmpty() ? null : address.host());
    connector.setPort(address.port());
    return connector;
  }

  /**
   * Jetty remembers the headers of a connection, by default whatever their case: a token sent once
   * in another case would then stand for the right one, and the other way round.
   */
  private static final class ExactHeaders extends HttpConnectorFactory {
    @Override
    protected HttpConfiguration buildHttpConfiguration() {
      HttpConfiguration configuration = super.buildHttpConfiguration();
      configuration.setHeaderCacheCaseSensitive(true);
      return configuration;
    }
  }
}
