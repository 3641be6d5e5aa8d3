package plus.svc.billing.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Dropwizard and its parts count, under the names that the field expects. Only what a rule
 * names is taken; the rest of the registry stays where it is.
 */
final class DropwizardMetrics implements MultiCollector {

  private static final double NANOS = 1e9;

  private final MetricRegistry metrics;

  DropwizardMetrics(MetricRegistry metrics) {
    this.metrics = metrics;
  }

  /** What becomes of a metric. */
  private enum Kind {
    COUNTER,
    GAUGE,
    SUMMARY
  }

  /**
   * Which metrics become which.
   *
   * @param pattern of Dropwizard's name; its groups are the values of the labels
   */
  private record Rule(Pattern pattern, Kind kind, String name, String help, List<String> labels) {

    static Rule of(String pattern, Kind kind, String name, String help, String... labels) {
      return new Rule(Pattern.compile(pattern), kind, name, help, List.of(labels));
    }

    Labels labels(Matcher match) {
      List<String> pairs = new ArrayList<>();
      for (int i = 0; i < labels.size(); i++) {
        pairs.add(labels.get(i));
        pairs.add(match.group(i + 1).replace('-', '_'));
      }
      return Labels.of(pairs.toArray(String[]::new));
    }
  }

  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              "auth\\.refused\\.(.*)",
              Kind.COUNTER,
              "billing_auth_refused",
              "Calls without a valid token, by reason.",
              "reason"),
          Rule.of(
              "ingest\\.(accepted|repeated|merged|rejected|not-taken)",
              Kind.COUNTER,
              "billing_ingest_snapshots",
              "Pushed snapshots, by outcome.",
              "outcome"),
          Rule.of(
              "ingest\\.refused",
              Kind.COUNTER,
              "billing_ingest_refused",
              "Pushes that were refused as a whole."),
          Rule.of(
              "io\\.dropwizard\\.db\\.ManagedPooledDataSource\\.database\\.(active|idle)",
              Kind.GAUGE,
              "billing_database_connections",
              "Connections of the pool, by state.",
              "state"),
          Rule.of(
              "io\\.dropwizard\\.db\\.ManagedPooledDataSource\\.database\\.waiting",
              Kind.GAUGE,
              "billing_database_waiting_threads",
              "Threads that wait for a connection."),
          Rule.of(
              "io\\.dropwizard\\.jetty\\.MutableServletContextHandler\\.(get|post|put|delete|head|other)-requests",
              Kind.SUMMARY,
              "billing_http_request_duration_seconds",
              "Requests served, by method; quantiles of the last minutes.",
              "method"),
          Rule.of(
              "io\\.dropwizard\\.jetty\\.MutableServletContextHandler\\.([1-5]xx)-responses",
              Kind.COUNTER,
              "billing_http_responses",
              "Responses sent, by class of status.",
              "status"),
          Rule.of(
              "io\\.dropwizard\\.jetty\\.MutableServletContextHandler\\.active-requests",
              Kind.GAUGE,
              "billing_http_active_requests",
              "Requests being served."),
          Rule.of(
              "org\\.eclipse\\.jetty\\.util\\.thread\\.QueuedThreadPool\\.(.*)\\.utilization",
              Kind.GAUGE,
              "billing_http_threads_utilization_ratio",
              "Share of the server's threads that are in use.",
              "pool"),
          Rule.of(
              "ch\\.qos\\.logback\\.core\\.Appender\\.(error|warn)",
              Kind.COUNTER,
              "billing_log_events",
              "Events logged, by level.",
              "level"));

  @Override
  public MetricSnapshots collect() {
    Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    Map<String, SummarySnapshot.Builder> summaries = new LinkedHashMap<>();
    for (Map.Entry<String, Metric> entry : metrics.getMetrics().entrySet()) {
      for (Rule rule : RULES) {
        Matcher match = rule.pattern().matcher(entry.getKey());
        if (match.matches()) {
          Labels labels = rule.labels(match);
          switch (rule.kind()) {
            case COUNTER ->
                counters
                    .computeIfAbsent(
                        rule.name(), name -> CounterSnapshot.builder().name(name).help(rule.help()))
                    .dataPoint(
                        CounterSnapshot.CounterDataPointSnapshot.builder()
                            .value(count(entry.getValue()))
                            .labels(labels)
                            .build());
            case GAUGE ->
                gauges
                    .computeIfAbsent(
                        rule.name(), name -> GaugeSnapshot.builder().name(name).help(rule.help()))
                    .dataPoint(
                        GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .value(value(entry.getValue()))
                            .labels(labels)
                            .build());
            case SUMMARY ->
                summaries
                    .computeIfAbsent(
                        rule.name(), name -> SummarySnapshot.builder().name(name).help(rule.help()))
                    .dataPoint(summary(entry.getValue(), labels));
          }
        }
      }
    }
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    counters.values().forEach(counter -> all.metricSnapshot(counter.build()));
    gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
    summaries.values().forEach(summary -> all.metricSnapshot(summary.build()));
    return all.build();
  }

  private static double count(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    return metric instanceof Meter meter ? meter.getCount() : Double.NaN;
  }

  private static double value(Metric metric) {
    if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number) {
      return number.doubleValue();
    }
    return count(metric);
  }

  private static SummarySnapshot.SummaryDataPointSnapshot summary(Metric metric, Labels labels) {
    SummarySnapshot.SummaryDataPointSnapshot.Builder point =
        SummarySnapshot.SummaryDataPointSnapshot.builder().labels(labels);
    if (metric instanceof Timer timer) {
      Snapshot snapshot = timer.getSnapshot();
      point
          .count(timer.getCount())
          .quantiles(
              Quantiles.builder()
                  .quantile(0.5, snapshot.getMedian() / NANOS)
                  .quantile(0.95, snapshot.get95thPercentile() / NANOS)
                  .quantile(0.99, snapshot.get99thPercentile() / NANOS)
                  .build());
    }
    return point.build();
  }
}
