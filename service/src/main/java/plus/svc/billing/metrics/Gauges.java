package plus.svc.billing.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gauges of one scrape, gathered row by row. */
final class Gauges {

  private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();

  /** Names a gauge; one that gets no value does not appear. */
  Gauges named(String name, String help) {
    gauges.put(name, GaugeSnapshot.builder().name(name).help(help));
    return this;
  }

  /** Sets a value; labels as name, value, name, value. */
  void set(String name, double value, String... labels) {
    GaugeSnapshot.Builder gauge = gauges.get(name);
    if (gauge == null) {
      throw new IllegalArgumentException("no gauge is named " + name);
    }
    gauge.dataPoint(
        GaugeDataPointSnapshot.builder().value(value).labels(Labels.of(labels)).build());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    gauges.values().forEach(gauge -> snapshots.metricSnapshot(gauge.build()));
    return snapshots.build();
  }
}
