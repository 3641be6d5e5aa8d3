package plus.svc.billing.demo.wallet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.emulator.payment.PaymentEmulator;
import plus.svc.billing.proto.payment.v1.Payment;

/** How the shop's orders must have ended, by the books of the payment service. */
final class Orders {

  private final Map<String, Shop.Order> ordered;
  private final Map<String, String> states = new HashMap<>();
  private final List<String> unknown = new ArrayList<>();
  private Effect effect = Effect.NONE;

  /**
   * @param visitors orders that the shop has nothing to do with; they end like all others
   */
  Orders(Map<String, Shop.Order> ordered, PaymentEmulator payments, Set<String> visitors) {
    this.ordered = ordered;
    for (Payment payment : payments.payments()) {
      String id = payment.getOrderId();
      String state = payments.behaviour(id).map(Orders::end).orElse("");
      states.put(id, state);
      if (state.equals("success") && !visitors.contains(id)) {
        pay(id);
      }
    }
  }

  private void pay(String id) {
    Shop.Order order = ordered.get(id);
    if (order == null) {
      unknown.add(id);
    } else {
      effect = effect.and(Effect.of(order.account(), order.amount()));
    }
  }

  private static String end(Behaviour behaviour) {
    return switch (behaviour) {
      case SUCCEED, TELL_TWICE, TELL_NOBODY, LATE_SUCCESS, LOSE_REPLY, NO_REPLY -> "success";
      case REFUND -> "refunded";
      case FAIL, REFUSE -> "failed";
      case CLOSE -> "closed";
      // What was paid is not what was ordered: nobody is credited, and a person must look.
      case WRONG_AMOUNT, WRONG_CURRENCY -> "pending";
    };
  }

  /** By order. */
  Map<String, String> states() {
    return Map.copyOf(states);
  }

  /** Paid orders that the shop knows nothing of. */
  List<String> unknown() {
    return List.copyOf(unknown);
  }

  /** What the paid ones brought. */
  Effect effect() {
    return effect;
  }

  /** How many ended how, for people. */
  String told() {
    Map<String, Integer> counts = new TreeMap<>();
    states.values().forEach(state -> counts.merge(state, 1, Integer::sum));
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (state, count) ->
            text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(state));
    return text.toString();
  }
}
