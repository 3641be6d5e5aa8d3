package plus.svc.billing.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.reflect.Method;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.AttachedExtensionHandler;
import org.jdbi.v3.core.extension.ExtensionHandler;
import org.jdbi.v3.core.extension.ExtensionHandlerCustomizer;
import org.jdbi.v3.core.extension.Extensions;
import plus.svc.billing.platform.RoundTrip;
import plus.svc.billing.wallet.Wallet;

/**
 * Counts and times every method of the wallet's repositories, its result's reading included. There
 * are as many series as methods in the code; those of a repository begin when it is first used.
 */
final class RepositoryMetrics implements ExtensionHandlerCustomizer {

  private static final double NANOS = 1e9;
  private static final String WALLET = Wallet.class.getPackageName();

  private final Counter calls;
  private final Summary durations;

  RepositoryMetrics(PrometheusRegistry registry) {
    calls =
        Counter.builder()
            .name("billing_repository_calls_total")
            .help("Calls of the methods of the wallet's repositories, by outcome: ok or failed.")
            .labelNames("repository", "method", "outcome")
            .register(registry);
    durations =
        Summary.builder()
            .name("billing_repository_call_duration_seconds")
            .help("How long calls of the methods of the wallet's repositories took.")
            .labelNames("repository", "method")
            .register(registry);
  }

  /** Counts from now on. */
  void watch(Jdbi jdbi) {
    jdbi.configure(Extensions.class, all -> all.registerHandlerCustomizer(this));
    jdbi.configure(RoundTrip.Watchers.class, all -> all.tell(this::sent));
  }

  @Override
  public ExtensionHandler customize(ExtensionHandler handler, Class<?> type, Method method) {
    if (!isOfTheWallet(type)) {
      return handler;
    }
    String repository = name(type);
    CounterDataPoint done = calls.labelValues(repository, method.getName(), "ok");
    CounterDataPoint failed = calls.labelValues(repository, method.getName(), "failed");
    DistributionDataPoint duration = durations.labelValues(repository, method.getName());
    return (config, target) -> {
      AttachedExtensionHandler attached = handler.attachTo(config, target);
      return (handles, arguments) -> {
        long begun = System.nanoTime();
        boolean isDone = false;
        try {
          Object result = attached.invoke(handles, arguments);
          isDone = true;
          return result;
        } finally {
          (isDone ? done : failed).inc();
          duration.observe((System.nanoTime() - begun) / NANOS);
        }
      };
    };
  }

  /** A statement that was sent together with others. */
  private void sent(String repository, String method, long nanos, boolean isFailed) {
    calls.labelValues(repository, method, isFailed ? "failed" : "ok").inc();
    durations.labelValues(repository, method).observe(nanos / NANOS);
  }

  private static boolean isOfTheWallet(Class<?> type) {
    return type.getPackageName().equals(WALLET) || type.getPackageName().startsWith(WALLET + ".");
  }

  /** As it stands in the code; a repository within a class is called after that. */
  private static String name(Class<?> type) {
    Class<?> enclosing = type.getEnclosingClass();
    return enclosing == null ? type.getSimpleName() : enclosing.getSimpleName();
  }
}
