package plus.svc.billing.emulator.payment;

import java.util.concurrent.CountDownLatch;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.GetPaymentRequest;
import plus.svc.billing.proto.payment.v1.Payment;
import plus.svc.billing.proto.payment.v1.RefundPaymentRequest;

/** What both faces ask; it decides what is answered, and whether anything is. */
final class Desk {

  private final PaymentBook book;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean silent;

  Desk(PaymentBook book) {
    this.book = book;
  }

  /** Why there is no payment in the answer. */
  enum Trouble {
    NOT_FOUND,
    OTHER_CONTENT,
    REFUSED,
    /** The connection breaks. */
    LOST
  }

  /** No payment. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final Trouble trouble;

    Refusal(Trouble trouble) {
      super(trouble.name());
      this.trouble = trouble;
    }

    Trouble trouble() {
      return trouble;
    }
  }

  void silent(boolean wanted) {
    silent = wanted;
  }

  Payment create(CreatePaymentRequest request) throws Refusal {
    waitIf(silent);
    if (request.getAmount() <= 0 || request.getOrderId().isBlank()) {
      throw new Refusal(Trouble.REFUSED);
    }
    PaymentBook.Entry entry;
    try {
      entry = book.create(request);
    } catch (PaymentBook.OtherContent e) {
      throw new Refusal(Trouble.OTHER_CONTENT);
    }
    boolean first = entry.requests() == 1;
    switch (entry.behaviour()) {
      case REFUSE -> throw new Refusal(Trouble.REFUSED);
      case LOSE_REPLY -> {
        if (first) {
          throw new Refusal(Trouble.LOST);
        }
      }
      case NO_REPLY -> waitIf(first);
      default -> {}
    }
    return entry.payment();
  }

  Payment get(GetPaymentRequest request) throws Refusal {
    waitIf(silent);
    var found =
        request.getPaymentId().isEmpty()
            ? book.byOrder(request.getOrderId())
            : book.byPayment(request.getPaymentId());
    return found.map(PaymentBook.Entry::payment).orElseThrow(() -> new Refusal(Trouble.NOT_FOUND));
  }

  Payment find(RefundPaymentRequest request) throws Refusal {
    return book.byPayment(request.getPaymentId())
        .map(PaymentBook.Entry::payment)
        .orElseThrow(() -> new Refusal(Trouble.NOT_FOUND));
  }

  /** Ends every wait. */
  void close() {
    closing.countDown();
  }

  /** Keeps the caller waiting until the emulator ends. */
  private void waitIf(boolean wanted) throws Refusal {
    if (!wanted) {
      return;
    }
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new Refusal(Trouble.LOST);
  }
}
