package plus.svc.billing.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Keeps credentials out of the log whatever its level: below INFO the HTTP libraries write whole
 * requests into it, headers and bodies included.
 */
public final class LogGuard extends TurboFilter {

  private static final String NAME = "log-guard";
  private static final List<String> TALKATIVE =
      List.of("org.apache.hc.", "org.eclipse.jetty.", "org.glassfish.", "sun.net.", "javax.net.");

  private LogGuard() {
    setName(NAME);
  }

  /** Guards the log from now on; once is enough, also for several services in one process. */
  public static void install() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context
        && context.getTurboFilterList().stream().noneMatch(f -> NAME.equals(f.getName()))) {
      LogGuard guard = new LogGuard();
      guard.setContext(context);
      guard.start();
      context.addTurboFilter(guard);
    }
  }

  /** Writes out what was logged and ends the log. */
  public static void flush() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    return level.isGreaterOrEqual(Level.INFO)
            || TALKATIVE.stream().noneMatch(logger.getName()::startsWith)
        ? FilterReply.NEUTRAL
        : FilterReply.DENY;
  }
}
