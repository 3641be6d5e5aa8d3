package plus.svc.billing.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import plus.svc.billing.wallet.api.CallWatch;
import plus.svc.billing.wallet.api.WalletCall;
import plus.svc.billing.wallet.api.WalletFailure;

/** Calls of the wallet, and how many records there are. */
public final class WalletMetrics implements CallWatch {

  /** Whose records are counted. */
  public static final List<String> REPOSITORIES =
      List.of(
          "billing.requests",
          "billing.operations",
          "billing.refusals",
          "public.billing_ledger",
          "billing.bookings",
          "billing.foreign_entries",
          "billing.accounts",
          "billing.holds",
          "billing.past_quotas",
          "billing.turnover",
          "billing.service_prices",
          "billing.recharge_orders",
          "billing.recharge_events",
          "billing.notices",
          "billing.notice_deliveries",
          "billing.snapshots",
          "billing.set_asides",
          "billing.admin_changes",
          "billing.job_runs");

  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry;
  private final Counter calls;
  private final Summary durations;

  WalletMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    calls =
        Counter.builder()
            .name("billing_wallet_calls_total")
            .help("Calls of the wallet that ended, by outcome; ok is the only one that is done.")
            .labelNames("face", "call", "outcome")
            .register(registry);
    durations =
        Summary.builder()
            .name("billing_wallet_call_duration_seconds")
            .help("How long calls of the wallet took.")
            .labelNames("face", "call")
            .register(registry);
    for (String face : List.of("http", "grpc", "bulk")) {
      for (WalletCall call : WalletCall.values()) {
        if (!face.equals("bulk") || call.isChange()) {
          begin(face, call);
        }
      }
    }
  }

  private void begin(String face, WalletCall call) {
    durations.initLabelValues(face, call.text());
    calls.initLabelValues(face, call.text(), "ok");
    calls.initLabelValues(face, call.text(), "failed");
    for (WalletFailure.Kind kind : WalletFailure.Kind.values()) {
      calls.initLabelValues(face, call.text(), kind.name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public void ended(String face, WalletCall call, String outcome, long nanos) {
    calls.labelValues(face, call.text(), outcome).inc();
    durations.labelValues(face, call.text()).observe(nanos / NANOS);
  }

  /** Tells how many records there are, as was estimated last. */
  public void records(Supplier<Map<String, Long>> estimates) {
    GaugeWithCallback.builder()
        .name("billing_records")
        .help("Records of a repository: the database's own estimate, at most a minute old.")
        .labelNames("repository", "kind")
        .callback(
            callback ->
                estimates
                    .get()
                    .forEach((name, records) -> callback.call((double) records, name, "estimate")))
        .register(registry);
  }
}
