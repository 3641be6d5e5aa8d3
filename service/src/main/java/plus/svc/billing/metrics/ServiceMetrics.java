package plus.svc.billing.metrics;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServlet;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.wallet.cache.CacheWatch;

/** The metrics of one service, and who tells them. */
public final class ServiceMetrics {

  /** So many sources have series of their own, some 50 each. */
  public static final int MOST_SOURCES = 1_000;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PipelineMetrics pipeline = new PipelineMetrics(registry);
  private final SourceMetrics sources;
  private final JobMetrics jobs = new JobMetrics(registry);
  private final RechargeMetrics recharges = new RechargeMetrics(registry);
  private final NoticeMetrics notices = new NoticeMetrics(registry);
  private final Counter cacheReads;
  private final WalletMetrics wallet = new WalletMetrics(registry);
  private final RepositoryMetrics repositories = new RepositoryMetrics(registry);
  private final Counter suspensions;

  /**
   * Begins all counters at zero.
   *
   * @param mostSources how many sources have series of their own
   * @param image the deployed image's reference, '' if unknown
   */
  public ServiceMetrics(int mostSources, String image) {
    sources = new SourceMetrics(registry, mostSources);
    cacheReads =
        Counter.builder()
            .name("billing_cache_reads_total")
            .help("Reads of the wallet's cache: hit, miss, ignored, failed, skipped.")
            .labelNames("outcome")
            .register(registry);
    for (CacheWatch.Read read : CacheWatch.Read.values()) {
      cacheReads.initLabelValues(read.text());
    }
    suspensions =
        Counter.builder()
            .name("billing_suspensions_total")
            .help("Accounts suspended for their arrears, and suspensions lifted, by change.")
            .labelNames("change")
            .register(registry);
    suspensions.initLabelValues("suspended");
    suspensions.initLabelValues("lifted");
    Gauge.builder()
        .name("billing_build_info")
        .help("Always 1; the deployed image.")
        .labelNames("image")
        .register(registry)
        .labelValues(image)
        .set(1);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Watches transactions. */
  public PipelineWatch pipeline() {
    return pipeline;
  }

  /** Counts what passes to the pipeline, pulled or pushed. */
  public Function<Delivery, Receipt> counting(Function<Delivery, Receipt> sink) {
    return sources.counting(sink);
  }

  /** Counts requests to sources. */
  public WindowFetcher counting(WindowFetcher fetcher) {
    return sources.counting(fetcher);
  }

  /** Counts runs of jobs. */
  public JobMetrics jobs() {
    return jobs;
  }

  /** Counts recharges, and calls to the payment service. */
  public RechargeMetrics recharges() {
    return recharges;
  }

  /** Counts deliveries of notices. */
  public NoticeMetrics notices() {
    return notices;
  }

  /** Counts reads of the cache. */
  public CacheWatch cache() {
    return read -> cacheReads.labelValues(read.text()).inc();
  }

  /** Counts calls of the wallet. */
  public WalletMetrics wallet() {
    return wallet;
  }

  /** Counts what the wallet asks its repositories. */
  public void watchRepositories(Jdbi jdbi) {
    repositories.watch(jdbi);
  }

  /** A sweep of arrears ended. */
  public void swept(int suspended, int lifted) {
    suspensions.labelValues("suspended").inc(suspended);
    suspensions.labelValues("lifted").inc(lifted);
  }

  /** Tells where the sources stand. */
  public void sources(Supplier<List<SourceFigures>> figures) {
    registry.register(new SourceGauges(sources.labels(), figures));
  }

  /** Tells how many pages wait for a transaction. */
  public void waiting(IntSupplier pages) {
    GaugeWithCallback.builder()
        .name("billing_waiting_pages")
        .help("Pages that wait for a transaction.")
        .callback(callback -> callback.call(pages.getAsInt()))
        .register(registry);
  }

  /** Tells what the continuous audit found, and how far it is. */
  public void audit(
      LongSupplier findings, LongSupplier atRiskMinutes, Supplier<@Nullable Instant> verified) {
    GaugeWithCallback.builder()
        .name("billing_audit_findings")
        .help("What the continuous audit found and nobody mended.")
        .callback(callback -> callback.call((double) findings.getAsLong()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("billing_audit_at_risk_minutes")
        .help("Minutes looked at in which some bytes can't be known.")
        .callback(callback -> callback.call((double) atRiskMinutes.getAsLong()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("billing_audit_verified_until_timestamp_seconds")
        .help("Every minute before it is proven complete and right; 0 if none is yet.")
        .callback(
            callback -> {
              @Nullable Instant until = verified.get();
              callback.call(until == null ? 0 : (double) until.getEpochSecond());
            })
        .register(registry);
  }

  /** Tells what the framework counts, and how the loops fare. */
  public void framework(MetricRegistry metrics, HealthCheckRegistry checks) {
    registry.register(new DropwizardMetrics(metrics));
    registry.register(new LoopGauges(checks));
  }

  /** Answers a scrape. */
  public HttpServlet servlet() {
    return new PrometheusMetricsServlet(registry);
  }
}
