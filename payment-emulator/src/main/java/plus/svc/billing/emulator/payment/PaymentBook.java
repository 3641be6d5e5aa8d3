package plus.svc.billing.emulator.payment;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import plus.svc.billing.proto.payment.v1.CreatePaymentRequest;
import plus.svc.billing.proto.payment.v1.Payment;
import plus.svc.billing.proto.payment.v1.PaymentStatus;

/** The payments, in memory: one an order, whoever asks how often. */
final class PaymentBook {

  private final Map<String, Entry> byOrder = new LinkedHashMap<>();
  private final Deque<Behaviour> next = new ArrayDeque<>();
  private Behaviour usual;

  PaymentBook(Behaviour usual) {
    this.usual = usual;
  }

  /**
   * A payment and what it was made of.
   *
   * @param requests how often it was asked for
   */
  record Entry(CreatePaymentRequest request, Payment payment, Behaviour behaviour, int requests) {
    Entry with(Payment changed) {
      return new Entry(request, changed, behaviour, requests);
    }
  }

  /** The order was asked for with other content before. */
  static final class OtherContent extends Exception {
    private static final long serialVersionUID = 1L;
  }

  synchronized void usual(Behaviour behaviour) {
    usual = behaviour;
  }

  synchronized void next(Behaviour behaviour) {
    next.add(behaviour);
  }

  /** Makes the payment, or gives the one that is there. */
  synchronized Entry create(CreatePaymentRequest request) throws OtherContent {
    Entry known = byOrder.get(request.getOrderId());
    if (known != null && !known.request().equals(request)) {
      throw new OtherContent();
    }
    Entry entry =
        known == null
            ? fresh(request)
            : new Entry(request, known.payment(), known.behaviour(), known.requests() + 1);
    byOrder.put(request.getOrderId(), entry);
    return entry;
  }

  synchronized Optional<Entry> byOrder(String orderId) {
    return Optional.ofNullable(byOrder.get(orderId));
  }

  synchronized Optional<Entry> byPayment(String paymentId) {
    return byOrder.values().stream()
        .filter(entry -> entry.payment().getPaymentId().equals(paymentId))
        .findFirst();
  }

  synchronized List<Payment> all() {
    return byOrder.values().stream().map(Entry::payment).toList();
  }

  /** Says how a payment stands from now on. */
  synchronized Entry change(String orderId, PaymentStatus status, long amount, String currency) {
    Entry entry = byOrder.get(orderId);
    if (entry == null) {
      throw new IllegalArgumentException("no payment was made of order " + orderId);
    }
    Entry changed =
        entry.with(
            entry.payment().toBuilder()
                .setStatus(status)
                .setAmount(amount)
                .setCurrency(currency)
                .build());
    byOrder.put(orderId, changed);
    return changed;
  }

  private Entry fresh(CreatePaymentRequest request) {
    Behaviour behaviour = next.isEmpty() ? usual : next.remove();
    String id = "pay-" + UUID.randomUUID();
    Payment payment =
        Payment.newBuilder()
            .setPaymentId(id)
            .setStatus(PaymentStatus.PENDING)
            .setPayUrl("https://pay.example.org/" + id)
            .setPayCode("code-" + id)
            .setPayParams("{}")
            .setOrderId(request.getOrderId())
            .setAmount(request.getAmount())
            .setCurrency(request.getCurrency())
            .build();
    return new Entry(request, payment, behaviour, 1);
  }
}
