package plus.svc.billing.wallet.recharge;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.proto.payment.v1.PaymentStatus;
import plus.svc.billing.testing.Database;
import plus.svc.billing.wallet.payment.PaymentState;

/**
 * Callbacks, looks and operators say random things of the same orders at the same time, several
 * times over. Every order must end in the furthest state that anybody told, with exactly the
 * entries of that state.
 */
final class RechargeRacesIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static final int USERS = 3;
  private static final int ORDERS = 15;
  private static final int SAYINGS = 8;
  private static final List<PaymentState> SAYABLE =
      List.of(
          PaymentState.PENDING,
          PaymentState.FAILED,
          PaymentState.CLOSED,
          PaymentState.SUCCESS,
          PaymentState.REFUNDED);

  @Test
  void callbacksLooksAndOperatorsCommuteInAnyOrderAndNumber() throws Exception {
    long seed = Long.getLong("recharge.seed", System.nanoTime());
    var random = new Random(seed);
    try (var world = new RechargeWorld(database.jdbi())) {
      var users = List.of(world.user(), world.user(), world.user());
      List<RechargeOrder> orders = new ArrayList<>();
      for (int i = 0; i < ORDERS; i++) {
        orders.add(world.order(users.get(i % USERS), "1." + (10 + i), Behaviour.SUCCEED));
      }
      Map<RechargeOrder, RechargeState> furthest = new ConcurrentHashMap<>();
      List<Callable<Object>> work = new ArrayList<>();
      for (var order : orders) {
        furthest.put(order, RechargeState.PENDING);
        // Some orders hear of no refund, some of no success.
        var sayable = SAYABLE.subList(0, 2 + random.nextInt(SAYABLE.size() - 1));
        for (int i = 0; i < SAYINGS; i++) {
          var said = sayable.get(random.nextInt(sayable.size()));
          furthest.merge(
              order,
              RechargeState.PENDING.after(said).next(),
              (one, other) -> one.compareTo(other) >= 0 ? one : other);
          work.add(
              random.nextBoolean() ? callback(world, order, said) : manual(world, order, said));
          if (random.nextInt(3) == 0) {
            work.add(() -> look(world));
          }
        }
      }
      Collections.shuffle(work, random);

      var threads = Executors.newFixedThreadPool(6);
      for (var done : threads.invokeAll(work, 60, TimeUnit.SECONDS)) {
        done.get();
      }
      threads.shutdown();

      for (var order : orders) {
        assertThat(world.now(order).state())
            .as("of %s; repeat with -Drecharge.seed=%d", order.orderId(), seed)
            .isEqualTo(furthest.get(order));
      }
      assertThat(world.wrongOrders()).isEmpty();
      assertThat(turnoverOfOtherCallersThanTheRequests(world)).isZero();
      for (var user : users) {
        var expected =
            orders.stream()
                .filter(order -> order.account().equals(user))
                .filter(order -> furthest.get(order) == RechargeState.SUCCESS)
                .map(RechargeOrder::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(world.balance(user)).isEqualByComparingTo(expected);
      }
    }
  }

  /** The audit takes the caller from the request: in the turnover it must be the same one. */
  private static long turnoverOfOtherCallersThanTheRequests(RechargeWorld world) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    SELECT count(*) FROM billing.turnover t
                     WHERE NOT EXISTS (SELECT 1 FROM billing.operation_entries e
                                        WHERE e.account_uuid = t.account_id AND e.entry_type = t.kind
                                          AND e.caller = t.caller)
                    """)
                .mapTo(long.class)
                .one());
  }

  private static Callable<Object> callback(
      RechargeWorld world, RechargeOrder order, PaymentState said) {
    return () -> world.emulator.say(order.orderId().toString(), PaymentStatus.valueOf(said.name()));
  }

  private static Callable<Object> manual(
      RechargeWorld world, RechargeOrder order, PaymentState said) {
    return () ->
        world.recharge.tell(
            order.orderId(),
            new Report(
                Report.Origin.MANUAL, "operator", said, "", order.amount(), "CNY", "by hand"));
  }

  private static Object look(RechargeWorld world) {
    world.time.advance(Duration.ofSeconds(20));
    return world.poll.turn();
  }
}
