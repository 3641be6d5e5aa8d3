package plus.svc.billing.wallet.payment;

import java.time.Duration;

/** Is told of every call to the payment service. */
@FunctionalInterface
public interface PaymentWatch {

  /** Nobody watches. */
  PaymentWatch NONE = (call, outcome, took) -> {};

  /**
   * A call ended.
   *
   * @param call {@code create} or {@code get}
   * @param outcome {@code ok}, or a {@link PaymentFailure.Kind} in lower case
   * @param took with all its attempts
   */
  void called(String call, String outcome, Duration took);
}
