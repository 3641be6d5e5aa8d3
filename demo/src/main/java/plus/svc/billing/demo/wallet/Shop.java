package plus.svc.billing.demo.wallet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.proto.payment.v1.Payment;

/**
 * Where people order recharges, and the payment service at which they end in every way there is.
 */
final class Shop {

  private static final List<Behaviour> BEHAVIOURS =
      List.of(
          Behaviour.SUCCEED,
          Behaviour.TELL_TWICE,
          Behaviour.LATE_SUCCESS,
          Behaviour.LOSE_REPLY,
          Behaviour.REFUND,
          Behaviour.TELL_NOBODY,
          Behaviour.WRONG_AMOUNT,
          Behaviour.FAIL,
          Behaviour.REFUSE,
          Behaviour.CLOSE);
  private static final long PAUSE_MILLIS = 700;

  private final HttpCaller wallet;
  private final PaymentEmulator payments;
  private final List<UUID> customers;
  private final Map<String, Order> orders = new ConcurrentHashMap<>();
  private final Set<String> settled = new HashSet<>();
  private int keys;

  /** An order as the shop was answered. */
  record Order(UUID account, BigDecimal amount) {}

  Shop(HttpCaller wallet, PaymentEmulator payments, List<UUID> customers) {
    this.wallet = wallet;
    this.payments = payments;
    this.customers = List.copyOf(customers);
  }

  /** Orders until it is told to stop; what was ordered before is paid meanwhile, or not. */
  void run(Random random, BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      List<Payment> open = payments.payments();
      order(customers.get(random.nextInt(customers.size())), 1 + random.nextInt(2000));
      settle(open);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }
    settleAll();
  }

  /** Brings every payment to its end that is not there yet. */
  void settleAll() {
    settle(payments.payments());
  }

  Map<String, Order> orders() {
    return Map.copyOf(orders);
  }

  private void order(UUID customer, int cents) {
    payments.next(BEHAVIOURS.get(keys % BEHAVIOURS.size()));
    String key = "recharge-" + ++keys;
    BigDecimal amount = BigDecimal.valueOf(cents, 2);
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("userId", customer.toString())
            .put("amountText", amount.toPlainString())
            .put("currency", "CNY")
            .toString();
    for (int turn = 0; turn < 2; turn++) { // whoever isn't sure orders again, under the same key
      try {
        Reply reply = wallet.post("/api/v1/billing/recharge", key, body);
        if (reply.done()) {
          orders.put(reply.data().path("rechargeOrderId").asText(), new Order(customer, amount));
        }
      } catch (IOException e) {
        // Asked again; the order stands or it doesn't, and the reckoning looks at both sides.
      }
    }
  }

  private synchronized void settle(List<Payment> open) {
    for (Payment payment : open) {
      if (settled.add(payment.getOrderId())) {
        payments.settle(payment.getOrderId());
      }
    }
  }
}
