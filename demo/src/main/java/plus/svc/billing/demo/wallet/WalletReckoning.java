package plus.svc.billing.demo.wallet;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.emulator.payment.PaymentEmulator;

/**
 * The end of the wallet's part: what services were answered, and what the payment service has in
 * its books, held against what is in the database.
 */
public final class WalletReckoning {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<PlatformService> services;
  private final Shop shop;
  private final PaymentEmulator payments;
  private final List<UUID> visitors;
  private final PrintWriter out;

  WalletReckoning(
      List<PlatformService> services,
      Shop shop,
      PaymentEmulator payments,
      List<UUID> visitors,
      PrintWriter out) {
    this.services = services;
    this.shop = shop;
    this.payments = payments;
    this.visitors = visitors;
    this.out = out;
  }

  /** Where each thing that must hold is told. */
  public interface Checks {
    void check(String what, boolean holds);
  }

  /**
   * Waits until nothing is under way, then checks.
   *
   * @param given what each person was given otherwise: at the beginning, and by top-ups
   */
  public void run(Jdbi jdbi, Function<UUID, BigDecimal> given, Checks checks) {
    WalletFacts facts = new WalletFacts(jdbi, visitors);
    Orders orders = settled(facts);
    out.printf(
        Locale.ROOT,
        "%n%-16s %8s %8s %9s %15s %12s%n",
        "service",
        "done",
        "refused",
        "repeated",
        "moved",
        "free calls");
    Effect all = orders.effect();
    for (PlatformService service : services) {
      Books.Sums sums = service.books().sums();
      all = all.and(sums.effect());
      out.printf(
          Locale.ROOT,
          "%-16s %8d %8d %9d %11s CNY %12d%n",
          service.name() + " (" + service.caller().protocol() + ")",
          sums.done(),
          sums.refused(),
          sums.repeated(),
          sums.effect().sum().toPlainString(),
          sums.effect().freeSum());
    }
    out.printf(
        Locale.ROOT,
        "%-16s %8d recharges: %s; paid %s CNY%n%n",
        "shop",
        orders.states().size(),
        orders.told(),
        orders.effect().sum().toPlainString());
    services.forEach(service -> answers(service, facts, checks));
    orders(orders, facts, checks);
    accounts(all, facts, given, checks);
  }

  /** The orders, once they are as the payment service says and nothing else is under way. */
  private Orders settled(WalletFacts facts) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      shop.settleAll();
      Orders orders = new Orders(shop.orders(), payments, facts.visitorsOrders());
      boolean calm = facts.underWay() == 0 && facts.orders().equals(orders.states());
      if (calm || System.nanoTime() > deadline) {
        return orders;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  private static void answers(PlatformService service, WalletFacts facts, Checks checks) {
    Books.Sums sums = service.books().sums();
    String name = service.name();
    checks.check(
        "each of " + sums.done() + " operations that " + name + " saw done is there once",
        facts.operations(name, "applied") == sums.done());
    checks.check(
        "each of " + sums.refused() + " that " + name + " was refused moved nothing",
        facts.operations(name, "rejected") == sums.refused());
    checks.check(
        "the ledger has moved for " + name + " what it was answered, account by account",
        same(facts.movedBy(name), sums.effect().money()));
    checks.check(
        name + " got no answer that it should not" + told(sums.complaints()),
        sums.complaints().isEmpty());
  }

  private static void orders(Orders orders, WalletFacts facts, Checks checks) {
    checks.check(
        "each of " + orders.states().size() + " orders ended as the payment service says",
        facts.orders().equals(orders.states()) && orders.unknown().isEmpty());
    checks.check(
        "each paid order was credited once, whatever was told how often",
        same(facts.recharged(), orders.effect().money()));
  }

  private static void accounts(
      Effect all, WalletFacts facts, Function<UUID, BigDecimal> given, Checks checks) {
    Map<UUID, BigDecimal> balances = facts.balances();
    Map<UUID, BigDecimal> traffic = facts.traffic();
    long wrong =
        balances.entrySet().stream()
            .filter(
                account -> {
                  UUID id = account.getKey();
                  BigDecimal expected =
                      given
                          .apply(id)
                          .add(traffic.getOrDefault(id, BigDecimal.ZERO))
                          .add(all.money().getOrDefault(id, BigDecimal.ZERO));
                  return expected.compareTo(account.getValue()) != 0;
                })
            .count();
    checks.check(
        "each of "
            + balances.size()
            + " balances is what was given, less traffic, and what services and orders moved",
        wrong == 0 && balances.keySet().containsAll(all.money().keySet()));
    checks.check(
        "the turnover by quarter of an hour adds up to the same",
        same(facts.turnover(), all.money()));
    Map<Effect.Use, Long> answered = new HashMap<>(all.free());
    answered.values().removeIf(count -> count == 0);
    checks.check(
        "free calls used are those that were answered, never more than were granted",
        facts.freeUsed().equals(answered) && facts.quotasThatAreWrong() == 0);
    checks.check("no hold keeps anything any more", facts.underWay() == 0);
  }

  private static String told(List<String> complaints) {
    return complaints.isEmpty() ? "" : ": " + String.join("; ", complaints);
  }

  private static boolean same(Map<UUID, BigDecimal> one, Map<UUID, BigDecimal> other) {
    Set<UUID> accounts = new HashSet<>(one.keySet());
    accounts.addAll(other.keySet());
    return accounts.stream()
        .allMatch(
            account ->
                one.getOrDefault(account, BigDecimal.ZERO)
                        .compareTo(other.getOrDefault(account, BigDecimal.ZERO))
                    == 0);
  }
}
