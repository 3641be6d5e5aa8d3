package plus.svc.billing.platform.log;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.LayoutBase;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.logging.common.AbstractAppenderFactory;
import io.dropwizard.logging.common.AppenderFactory;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import io.dropwizard.logging.json.AccessJsonLayoutBaseFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayout;
import java.util.Map;
import java.util.TimeZone;

/**
 * The access log, without what a caller may have put into the query or a header by mistake: method,
 * path, status and size; who it was, by address.
 */
public final class AccessLog {

  private AccessLog() {}

  /**
   * Gives every appender a layout that has none of its own.
   *
   * @param json whether as JSON, else as text
   */
  public static void applyTo(AbstractServerFactory server, boolean json) {
    if (server.getRequestLogFactory() instanceof LogbackAccessRequestLogFactory log) {
      for (AppenderFactory<IAccessEvent> appender : log.getAppenders()) {
        if (appender instanceof AbstractAppenderFactory<IAccessEvent> bare
            && bare.getLayout() == null
            && bare.getLogFormat() == null) {
          bare.setLayout(json ? new Json() : new Text());
        }
      }
    }
  }

  private static final class Json extends AccessJsonLayoutBaseFactory {

    Json() {
      setTimestampFormat(JsonLog.TIMESTAMP);
      setCustomFieldNames(Map.of("uri", "path", "requestTime", "latency_ms"));
    }
  }

  private static final class Text implements DiscoverableLayoutFactory<IAccessEvent> {

    @Override
    public LayoutBase<IAccessEvent> build(LoggerContext context, TimeZone timeZone) {
      LogbackAccessRequestLayout layout = new LogbackAccessRequestLayout(context, timeZone);
      layout.setPattern(
          layout.getPattern().replace("%r", "%m %U %H").replace(" \"%i{Referer}\"", ""));
      return layout;
    }
  }
}
