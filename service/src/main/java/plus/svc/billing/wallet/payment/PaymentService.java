package plus.svc.billing.wallet.payment;

import java.time.Duration;

/** Who takes money from customers. Calls end within their time, whatever the other side does. */
public interface PaymentService extends AutoCloseable {

  /** None is configured. */
  PaymentService NONE =
      new PaymentService() {
        @Override
        public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
          throw none();
        }

        @Override
        public Payment get(String paymentId, Duration time) throws PaymentFailure {
          throw none();
        }

        @Override
        public void close() {}

        private PaymentFailure none() {
          return new PaymentFailure(
              PaymentFailure.Kind.NOT_CONFIGURED,
              "no payment service is configured (wallet.payment.kind)");
        }
      };

  /**
   * Makes the payment of an order, or gives the one that is already there: asking again about the
   * same order never makes a second one.
   *
   * @param time the most the call takes
   */
  Payment create(PaymentOrder order, Duration time) throws PaymentFailure;

  /**
   * How a payment stands.
   *
   * @param time the most the call takes
   */
  Payment get(String paymentId, Duration time) throws PaymentFailure;

  @Override
  void close();
}
