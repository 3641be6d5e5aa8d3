package plus.svc.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.admin.Operation;
import plus.svc.billing.admin.RechargeConfirmOperation;
import plus.svc.billing.config.PaymentSection;
import plus.svc.billing.metrics.RechargeMetrics;
import plus.svc.billing.platform.PeriodicLoop;
import plus.svc.billing.platform.SecretRefs;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletPolicy;
import plus.svc.billing.wallet.WalletRecharges;
import plus.svc.billing.wallet.payment.CallbackSignature;
import plus.svc.billing.wallet.payment.GrpcPayments;
import plus.svc.billing.wallet.payment.GuardedPayments;
import plus.svc.billing.wallet.payment.HttpPayments;
import plus.svc.billing.wallet.payment.PaymentEndpoint;
import plus.svc.billing.wallet.payment.PaymentService;
import plus.svc.billing.wallet.recharge.Recharge;
import plus.svc.billing.wallet.recharge.RechargePoll;

/**
 * The part of the object graph that recharges are.
 *
 * @param recharge what callers use
 * @param signature who may call back
 * @param payments to be closed at the end
 * @param loop asks about orders
 * @param operations what operators can ask for
 */
record Recharging(
    Recharge recharge,
    CallbackSignature signature,
    PaymentService payments,
    PeriodicLoop loop,
    List<Operation> operations) {

  private static final Duration STOP_WAIT = Duration.ofSeconds(30);

  /**
   * Makes it.
   *
   * @param opener opens accounts of users that never had any, in a transaction of its own
   */
  static Recharging wire(
      PaymentSection.Settings settings,
      Jdbi jdbi,
      WalletPolicy policy,
      Consumer<Set<UUID>> opener,
      WalletEngine.Settler settler,
      SecretRefs secrets,
      RechargeMetrics metrics,
      Clock clock) {
    PaymentService payments = payments(settings, secrets, metrics, clock);
    Recharge recharge =
        new Recharge(
            jdbi,
            new WalletRecharges(jdbi, policy, opener, settler, clock),
            payments,
            settings.recharge(),
            metrics,
            clock);
    RechargePoll poll = new RechargePoll(jdbi, recharge, settings.recharge(), clock);
    return new Recharging(
        recharge,
        new CallbackSignature(settings.callbackSecrets(), settings.callbackWindow()),
        payments,
        new PeriodicLoop(
            "recharge-poll", settings.pollInterval(), STOP_WAIT, clock, () -> poll.turn()),
        List.of(new RechargeConfirmOperation(recharge)));
  }

  private static PaymentService payments(
      PaymentSection.Settings settings, SecretRefs secrets, RechargeMetrics metrics, Clock clock) {
    PaymentEndpoint endpoint = settings.endpoint();
    if (endpoint == null) {
      return PaymentService.NONE;
    }
    PaymentService service =
        settings.kind() == PaymentSection.Kind.GRPC
            ? new GrpcPayments(endpoint, secrets)
            : new HttpPayments(endpoint, secrets);
    return new GuardedPayments(service, settings.circuitPause(), metrics, clock);
  }
}
