package plus.svc.billing.demo.wallet;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** What the demo's services do in a turn. All use the same few accounts, so that they meet. */
final class Works {

  private static final int LASTING_SECONDS = 3600;

  private final List<UUID> customers;
  private final int shortSeconds;

  /**
   * @param shortSeconds how long a hold lasts that nobody takes
   */
  Works(List<UUID> customers, int shortSeconds) {
    this.customers = List.copyOf(customers);
    this.shortSeconds = shortSeconds;
  }

  /** Asks, and takes calls in large numbers: mostly free ones. */
  void passport(PlatformService service, Random random) {
    UUID user = one(random);
    int count = 1 + random.nextInt(900);
    if (random.nextInt(4) == 0) {
      service.ask(Call.check(user, "passport", count));
    }
    service.send(Call.deduct(user, "passport", count));
  }

  /** Takes calls, or sets them aside and then takes all, part or nothing of them. */
  void payment(PlatformService service, Random random) {
    UUID user = one(random);
    int count = 2 + random.nextInt(120);
    if (random.nextBoolean()) {
      service.send(Call.deduct(user, "payment", count));
      return;
    }
    int end = random.nextInt(10);
    boolean left = end == 9;
    Reply hold =
        service.send(Call.hold(user, "payment", count, left ? shortSeconds : LASTING_SECONDS));
    if (!hold.done() || left) {
      return;
    }
    String id = hold.data().path("holdId").asText();
    if (end < 5) {
      service.send(Call.commit(id, user, "payment", 0));
    } else if (end < 7) {
      service.send(Call.commit(id, user, "payment", 1 + random.nextInt(count - 1)));
    } else {
      service.send(Call.release(id));
    }
  }

  /** Sells, pays out and moves money between people. */
  void asset(PlatformService service, Random random) {
    UUID user = one(random);
    BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(400), 2);
    switch (random.nextInt(5)) {
      case 0 -> service.send(Call.credit(user, amount, random.nextBoolean()));
      case 1 -> service.send(Call.debit(user, amount));
      case 2 -> service.send(Call.transfer(user, another(user, random), amount));
      default -> service.send(Call.deduct(user, "asset", 1 + random.nextInt(120)));
    }
  }

  private UUID one(Random random) {
    return customers.get(random.nextInt(customers.size()));
  }

  private UUID another(UUID than, Random random) {
    int at = customers.indexOf(than);
    return customers.get((at + 1 + random.nextInt(customers.size() - 1)) % customers.size());
  }
}
