package plus.svc.billing.emulator.payment;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.GetPaymentRequest;
import plus.svc.billing.proto.payment.v1.Payment;
import plus.svc.billing.proto.payment.v1.PaymentServiceGrpc;
import plus.svc.billing.proto.payment.v1.PaymentStatus;
import plus.svc.billing.proto.payment.v1.RefundPaymentRequest;

/** The gRPC side. */
final class GrpcFace extends PaymentServiceGrpc.PaymentServiceImplBase {

  private final Desk desk;
  private final Function<String, Payment> refund;

  /**
   * @param refund gives the payment of an order back
   */
  GrpcFace(Desk desk, Function<String, Payment> refund) {
    this.desk = desk;
    this.refund = refund;
  }

  @Override
  public void createPayment(CreatePaymentRequest request, StreamObserver<Payment> out) {
    answer(out, () -> desk.create(request));
  }

  @Override
  public void getPayment(GetPaymentRequest request, StreamObserver<Payment> out) {
    answer(out, () -> desk.get(request));
  }

  @Override
  public void refundPayment(RefundPaymentRequest request, StreamObserver<Payment> out) {
    answer(
        out,
        () -> {
          Payment payment = desk.find(request);
          if (payment.getStatus() == PaymentStatus.REFUNDED) {
            return payment;
          }
          if (payment.getStatus() != PaymentStatus.SUCCESS) {
            throw new Desk.Refusal(Desk.Trouble.REFUSED);
          }
          return refund.apply(payment.getOrderId());
        });
  }

  /** An answer in the making. */
  @FunctionalInterface
  private interface Answer {
    Payment make() throws Desk.Refusal;
  }

  private static void answer(StreamObserver<Payment> out, Answer answer) {
    try {
      out.onNext(answer.make());
      out.onCompleted();
    } catch (Desk.Refusal e) {
      out.onError(
          switch (e.trouble()) {
            case NOT_FOUND -> Status.NOT_FOUND.asException();
            case OTHER_CONTENT -> Status.ALREADY_EXISTS.asException();
            case REFUSED -> Status.INVALID_ARGUMENT.asException();
            case LOST -> Status.UNAVAILABLE.asException();
          });
    }
  }
}
