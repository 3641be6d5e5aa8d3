package plus.svc.billing.demo.wallet;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What was moved.
 *
 * @param money by account; what was taken is below zero
 * @param free free calls that were used
 */
record Effect(Map<UUID, BigDecimal> money, Map<Use, Long> free) {

  static final Effect NONE = new Effect(Map.of(), Map.of());

  /** Whose calls of what. */
  record Use(UUID user, String service) {}

  Effect {
    money = Map.copyOf(money);
    free = Map.copyOf(free);
  }

  static Effect of(UUID account, BigDecimal amount) {
    return new Effect(Map.of(account, amount), Map.of());
  }

  Effect withFree(UUID user, String service, long count) {
    return and(new Effect(Map.of(), Map.of(new Use(user, service), count)));
  }

  Effect and(Effect other) {
    Map<UUID, BigDecimal> allMoney = new HashMap<>(money);
    other.money.forEach((account, amount) -> allMoney.merge(account, amount, BigDecimal::add));
    Map<Use, Long> allFree = new HashMap<>(free);
    other.free.forEach((use, count) -> allFree.merge(use, count, Long::sum));
    return new Effect(allMoney, allFree);
  }

  /** Of all accounts. */
  BigDecimal sum() {
    return money.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  long freeSum() {
    return free.values().stream().mapToLong(Long::longValue).sum();
  }
}
