package plus.svc.billing.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Function;
import plus.svc.billing.pipeline.Delivery;
import plus.svc.billing.pipeline.Receipt;
import plus.svc.billing.pipeline.SetAsides;
import plus.svc.billing.pipeline.source.SourceFailure;
import plus.svc.billing.pipeline.source.SourceId;
import plus.svc.billing.pipeline.source.SourceSpec;
import plus.svc.billing.pipeline.source.page.WindowFetcher;
import plus.svc.billing.pipeline.source.page.WindowPage;
import plus.svc.billing.pipeline.source.page.WindowQuery;

/** What each source was asked, answered and brought, counted where it passes. */
final class SourceMetrics {

  private static final String OK = "ok";
  private static final double NANOS = 1e9;

  private final SourceLabels labels;
  private final Counter requests;
  private final Summary durations;
  private final Counter pages;
  private final Counter snapshots;
  private final Counter samples;
  private final Counter setAsides;
  private final Counter bytes;
  private final Counter restarts;
  private final Counter buckets;

  SourceMetrics(PrometheusRegistry registry, int mostSources) {
    labels = new SourceLabels(mostSources, this::begin);
    requests =
        counter(
            registry,
            "billing_source_requests_total",
            "Requests to a source, by outcome: ok, or the kind of failure.",
            "outcome");
    durations =
        Summary.builder()
            .name("billing_source_request_duration_seconds")
            .help("How long requests to a source took as a whole, body included.")
            .labelNames("source")
            .register(registry);
    pages = counter(registry, "billing_source_pages_total", "Pages of a source that were taken.");
    snapshots =
        counter(
            registry,
            "billing_source_snapshots_total",
            "Snapshots of a source, by outcome: accepted (in order), late, repeated, conflicting.",
            "outcome");
    samples =
        counter(
            registry,
            "billing_source_samples_total",
            "Samples of a source, by outcome: accepted (in order), late, repeated, set_aside.",
            "outcome");
    setAsides =
        counter(
            registry,
            "billing_source_samples_set_aside_total",
            "Samples of a source that were set aside, by reason.",
            "reason");
    bytes =
        counter(
            registry,
            "billing_source_usage_bytes_total",
            "Usage that a source's pages added to buckets, or took back by a correction.",
            "direction");
    restarts =
        counter(
            registry,
            "billing_source_restarts_total",
            "Restarts of counting processes that metering found.");
    buckets =
        counter(
            registry,
            "billing_source_buckets_total",
            "Minute buckets written for a source, by outcome: fresh, corrected.",
            "outcome");
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... more) {
    String[] names = new String[more.length + 1];
    names[0] = "source";
    System.arraycopy(more, 0, names, 1, more.length);
    return Counter.builder().name(name).help(help).labelNames(names).register(registry);
  }

  SourceLabels labels() {
    return labels;
  }

  /** From zero on, so that the first increase is seen as one. */
  private void begin(String label) {
    requests.initLabelValues(label, OK);
    durations.initLabelValues(label);
    pages.initLabelValues(label);
    for (String outcome : new String[] {"accepted", "late", "repeated", "conflicting"}) {
      snapshots.initLabelValues(label, outcome);
    }
    for (String outcome : new String[] {"accepted", "late", "repeated", "set_aside"}) {
      samples.initLabelValues(label, outcome);
    }
    for (String reason : SetAsides.REASONS) {
      setAsides.initLabelValues(label, reason);
    }
    bytes.initLabelValues(label, "added");
    bytes.initLabelValues(label, "taken_back");
    restarts.initLabelValues(label);
    buckets.initLabelValues(label, "fresh");
    buckets.initLabelValues(label, "corrected");
  }

  /** Counts what passes to the pipeline. */
  Function<Delivery, Receipt> counting(Function<Delivery, Receipt> sink) {
    return delivery -> {
      Receipt receipt = sink.apply(delivery);
      count(delivery, receipt);
      return receipt;
    };
  }

  private void count(Delivery delivery, Receipt receipt) {
    String label = labels.of(delivery.source());
    pages.labelValues(label).inc();
    snapshots.labelValues(label, "accepted").inc(receipt.accepted() - receipt.late());
    snapshots.labelValues(label, "late").inc(receipt.late());
    snapshots.labelValues(label, "repeated").inc(receipt.repeated());
    snapshots.labelValues(label, "conflicting").inc(receipt.conflicting());
    samples.labelValues(label, "accepted").inc(receipt.samples() - receipt.lateSamples());
    samples.labelValues(label, "late").inc(receipt.lateSamples());
    samples
        .labelValues(label, "repeated")
        .inc(Math.max(0, Samples.of(delivery) - receipt.samples()));
    samples.labelValues(label, "set_aside").inc(receipt.setAside());
    receipt
        .setAsides()
        .byReason()
        .forEach((reason, count) -> setAsides.labelValues(label, reason).inc(count));
    bytes
        .labelValues(label, receipt.bytes() < 0 ? "taken_back" : "added")
        .inc(Math.abs((double) receipt.bytes()));
    restarts.labelValues(label).inc(receipt.restarts());
    buckets.labelValues(label, "fresh").inc(receipt.buckets());
    buckets.labelValues(label, "corrected").inc(receipt.correctedBuckets());
  }

  /** Counts requests. */
  WindowFetcher counting(WindowFetcher fetcher) {
    return new Counting(fetcher);
  }

  private final class Counting implements WindowFetcher {

    private final WindowFetcher fetcher;

    Counting(WindowFetcher fetcher) {
      this.fetcher = fetcher;
    }

    @Override
    public WindowPage fetchWindow(SourceSpec source, WindowQuery query) throws SourceFailure {
      return counted(source, () -> fetcher.fetchWindow(source, query));
    }

    @Override
    public WindowPage fetchLatest(SourceSpec source) throws SourceFailure {
      return counted(source, () -> fetcher.fetchLatest(source));
    }

    @Override
    public void abort(SourceId source) {
      fetcher.abort(source);
    }

    private WindowPage counted(SourceSpec source, Request request) throws SourceFailure {
      String label = labels.of(source.id());
      long began = System.nanoTime();
      String outcome = "error";
      try {
        WindowPage page = request.send();
        outcome = OK;
        return page;
      } catch (SourceFailure e) {
        outcome = e.kind().text();
        throw e;
      } finally {
        durations.labelValues(label).observe((System.nanoTime() - began) / NANOS);
        requests.labelValues(label, outcome).inc();
      }
    }
  }

  /** A request to a source. */
  @FunctionalInterface
  private interface Request {
    WindowPage send() throws SourceFailure;
  }
}
