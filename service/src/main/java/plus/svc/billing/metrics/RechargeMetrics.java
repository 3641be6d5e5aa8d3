package plus.svc.billing.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;
import plus.svc.billing.wallet.payment.PaymentFailure;
import plus.svc.billing.wallet.payment.PaymentWatch;
import plus.svc.billing.wallet.recharge.RechargeWatch;
import plus.svc.billing.wallet.recharge.Report;
import plus.svc.billing.wallet.recharge.Told;

/** Recharges and calls to the payment service. */
public final class RechargeMetrics implements RechargeWatch, PaymentWatch {

  private static final double NANOS = 1e9;
  private static final double[] SECONDS = {0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  private final Counter orders;
  private final Counter reports;
  private final Histogram calls;

  RechargeMetrics(PrometheusRegistry registry) {
    orders =
        Counter.builder()
            .name("billing_recharge_orders_total")
            .help("Recharge orders that were made.")
            .register(registry);
    reports =
        Counter.builder()
            .name("billing_recharge_reports_total")
            .help("What was said of recharge orders, by who said it and what came of it.")
            .labelNames("origin", "effect")
            .register(registry);
    for (Report.Origin origin : Report.Origin.values()) {
      for (Told.Effect effect : Told.Effect.values()) {
        reports.initLabelValues(origin.text(), effect.text());
      }
    }
    calls =
        Histogram.builder()
            .name("billing_payment_call_duration_seconds")
            .help("Calls to the payment service with all their attempts, by outcome.")
            .labelNames("call", "outcome")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    for (String call : new String[] {"create", "get"}) {
      calls.initLabelValues(call, "ok");
      for (PaymentFailure.Kind kind : PaymentFailure.Kind.values()) {
        calls.initLabelValues(call, kind.name().toLowerCase(Locale.ROOT));
      }
    }
  }

  @Override
  public void ordered() {
    orders.inc();
  }

  @Override
  public void told(Report.Origin origin, Told.Effect effect) {
    reports.labelValues(origin.text(), effect.text()).inc();
  }

  @Override
  public void called(String call, String outcome, Duration took) {
    calls.labelValues(call, outcome).observe(took.toNanos() / NANOS);
  }
}
