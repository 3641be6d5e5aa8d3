package plus.svc.billing.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.api.Coverage;
import plus.svc.billing.api.SourceDetail;
import plus.svc.billing.api.SourceStatus;

/** Where the sources stand, as {@code /v1/status} tells it, at the moment of a scrape. */
final class SourceGauges implements MultiCollector {

  private static final double MILLIS = 1e3;
  private static final String CERTIFICATE = "billing_source_certificate_expiry_timestamp_seconds";

  private final SourceLabels labels;
  private final Supplier<List<SourceFigures>> figures;

  SourceGauges(SourceLabels labels, Supplier<List<SourceFigures>> figures) {
    this.labels = labels;
    this.figures = figures;
  }

  private static Gauges gauges() {
    return new Gauges()
        .named(
            "billing_sources", "Enabled sources; those beyond the cap have no series of their own.")
        .named("billing_source_info", "Always 1; which node a source is, and how it is read.")
        .named(
            "billing_source_lag_seconds",
            "How far behind the newest minute that can be read; missing until it was read once.")
        .named(
            "billing_source_last_success_timestamp_seconds",
            "When a source was last read without trouble; 0 if never.")
        .named(
            "billing_source_last_attempt_timestamp_seconds",
            "When a source was last asked; 0 if never.")
        .named(
            "billing_source_consecutive_failures",
            "Collections that failed since the last good one.")
        .named(
            "billing_source_circuit_open",
            "1 if it failed so often that it is asked after growing pauses only.")
        .named(
            "billing_source_backlog_snapshots",
            "About how many snapshots are still to be read, at one a minute.")
        .named(
            "billing_source_coverage_minutes",
            "Minutes of the last hour, by what is known of them: observed, spanned, at_risk, pending.")
        .named(
            "billing_source_held_series",
            "Series whose newest sample is set aside and waits for a person.")
        .named("billing_source_jump_holds", "Those of them that the jump guard holds.")
        .named(
            "billing_source_credential_alarm",
            "1 if an old credential or trust is in use because the new one cannot be.")
        .named("billing_source_lease_held", "1 if this instance works on the source.")
        .named(CERTIFICATE, "When a certificate ends: client, trust (the last authority), server.");
  }

  @Override
  public MetricSnapshots collect() {
    Gauges gauges = gauges();
    List<SourceFigures> now = figures.get();
    gauges.set("billing_sources", now.size());
    for (SourceFigures source : now) {
      if (labels.isNamed(source.status().sourceId())) {
        set(gauges, source);
      }
    }
    return gauges.snapshots();
  }

  private static void set(Gauges gauges, SourceFigures source) {
    SourceStatus status = source.status();
    SourceDetail detail = status.detail();
    String[] label = {"source", status.sourceId()};
    gauges.set(
        "billing_source_info",
        1,
        "source",
        status.sourceId(),
        "node",
        status.nodeId(),
        "env",
        status.env(),
        "mode",
        detail == null ? "" : detail.mode());
    Long lag = status.lagSeconds();
    if (lag != null) {
      gauges.set("billing_source_lag_seconds", lag, label);
    }
    gauges.set(
        "billing_source_last_success_timestamp_seconds", seconds(status.lastSucceededAt()), label);
    gauges.set(
        "billing_source_last_attempt_timestamp_seconds", seconds(status.lastAttemptedAt()), label);
    gauges.set("billing_source_consecutive_failures", status.consecutiveFailures(), label);
    gauges.set(
        "billing_source_credential_alarm", status.credentialAlarm().isEmpty() ? 0 : 1, label);
    gauges.set("billing_source_lease_held", source.leased() ? 1 : 0, label);
    source
        .expiries()
        .forEach(
            (certificate, at) ->
                gauges.set(
                    CERTIFICATE,
                    seconds(at),
                    "source",
                    status.sourceId(),
                    "certificate",
                    certificate));
    if (detail != null) {
      set(gauges, detail, label);
    }
  }

  private static void set(Gauges gauges, SourceDetail detail, String... label) {
    gauges.set("billing_source_circuit_open", detail.circuit().equals("open") ? 1 : 0, label);
    gauges.set("billing_source_backlog_snapshots", (double) detail.backlogSnapshots(), label);
    gauges.set("billing_source_held_series", (double) detail.heldSeries(), label);
    gauges.set("billing_source_jump_holds", (double) detail.jumpHolds(), label);
    Coverage hour = detail.hour();
    if (hour != null) {
      minutes(gauges, label[1], "observed", hour.observed());
      minutes(gauges, label[1], "spanned", hour.spanned());
      minutes(gauges, label[1], "at_risk", hour.atRisk());
      minutes(gauges, label[1], "pending", hour.pending());
    }
  }

  private static void minutes(Gauges gauges, String source, String word, long minutes) {
    gauges.set("billing_source_coverage_minutes", (double) minutes, "source", source, "word", word);
  }

  private static double seconds(@Nullable Instant at) {
    return at == null ? 0 : at.toEpochMilli() / MILLIS;
  }
}
