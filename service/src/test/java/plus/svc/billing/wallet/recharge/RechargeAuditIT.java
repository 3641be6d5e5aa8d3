package plus.svc.billing.wallet.recharge;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.pipeline.AuditReport;
import plus.svc.billing.pipeline.rating.PeakHours;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletEngine;
import plus.svc.billing.wallet.WalletProcess;
import plus.svc.billing.wallet.WalletRequest;
import plus.svc.billing.wallet.payment.PaymentMethod;

/** Damage of every kind is planted beside recharge orders, and the audit names the order. */
final class RechargeAuditIT {

  private static final TestDatabase HEALTHY = PostgresHarness.shared().freshDatabase();
  private static Instant now = Instant.EPOCH;

  private Jdbi jdbi = HEALTHY.jdbi();

  /** Orders in every state, of two users and of a further account. */
  @BeforeAll
  static void ordersOfEveryKind() throws Exception {
    try (RechargeWorld world = new RechargeWorld(HEALTHY.jdbi())) {
      UUID user = world.user();
      for (Behaviour behaviour :
          List.of(Behaviour.SUCCEED, Behaviour.REFUND, Behaviour.FAIL, Behaviour.LATE_SUCCESS)) {
        RechargeOrder order = world.order(user, "10", behaviour);
        world.emulator.settle(order.orderId().toString());
        world.time.advance(Duration.ofMinutes(3));
      }
      world.order(user, "11", Behaviour.SUCCEED);
      UUID other = world.user();
      world.emulator.settle(world.order(other, "12", Behaviour.SUCCEED).orderId().toString());
      furtherAccount(world, other);
      now = world.time.instant().plusSeconds(60);
    }
  }

  private static void furtherAccount(RechargeWorld world, UUID owner) {
    UUID dollars = UUID.randomUUID();
    try (WalletEngine engine = WalletProcess.engine(HEALTHY.jdbi())) {
      Command setUp =
          new Command.SetUp(dollars, owner, "USD", "", BigDecimal.ZERO, null, new TreeMap<>());
      engine.wallet().apply(WalletRequest.of("test", "set-up", "test", setUp, "{}")).join();
    }
    world.emulator.next(Behaviour.SUCCEED);
    RechargeOrder order =
        world.recharge.order(
            new Ask(
                dollars, new BigDecimal("7"), "USD", PaymentMethod.ALIPAY, "", "", "test", null));
    world.emulator.settle(order.orderId().toString());
  }

  @BeforeEach
  void aCopyOfIt() {
    jdbi = PostgresHarness.shared().copyOf(HEALTHY).jdbi();
  }

  private void harm(String sql) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "ALTER TABLE billing.recharge_orders DROP CONSTRAINT recharge_orders_check,"
                  + " DROP CONSTRAINT recharge_orders_check1");
          handle.execute("SET LOCAL session_replication_role = replica");
          assertThat(handle.execute(sql)).isOne();
        });
  }

  private List<Map<String, @Nullable Object>> findings() {
    return AuditReport.of(jdbi, PeakHours.NONE, Set.of(), now.minus(Duration.ofHours(5)), now)
        .findings();
  }

  private List<String> kinds() {
    return findings().stream().map(row -> String.valueOf(row.get("kind"))).toList();
  }

  private String order(String where) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT order_id FROM billing.recharge_orders WHERE " + where)
                .mapTo(String.class)
                .one());
  }

  @Test
  void healthyOrdersAreClean() {
    assertThat(findings()).isEmpty();
    List<String> states =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT DISTINCT state FROM billing.recharge_orders ORDER BY state")
                    .mapTo(String.class)
                    .list());
    assertThat(states).containsExactly("failed", "pending", "refunded", "success");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          paid, its credit is nowhere     | 2 | credit_entry = gen_random_uuid()                    | amount = 12
          paid by another order's row     | 2 | credit_entry = (SELECT credit_entry FROM billing.recharge_orders WHERE state = 'refunded') | amount = 12
          paid, and nobody told           | 2 | state = 'success', credit_entry = gen_random_uuid() | amount = 11
          set back to pending             | 2 | state = 'pending', credit_entry = NULL              | amount = 12
          another amount                  | 1 | amount = 12.5                                       | amount = 12
          another account                 | 2 | account_id = (SELECT account_id FROM billing.recharge_orders WHERE amount = 11) | amount = 12
          another account of the user     | 2 | account_id = (SELECT account_id FROM billing.recharge_orders WHERE amount = 12) | amount = 7
          refunded without the refund     | 2 | state = 'refunded'                                  | amount = 12
          a refund that is not refunded   | 2 | state = 'success'                                   | state = 'refunded'
          failed, as nobody told          | 1 | state = 'closed'                                    | state = 'failed'
          pending, but closed was told    | 1 | state = 'closed'                                    | amount = 11
          """)
  void anOrderThatContradictsItsRowsIsNamed(String what, int findings, String set, String where) {
    String order = order(where);

    harm("UPDATE billing.recharge_orders SET " + set + " WHERE order_id = '" + order + "'");

    assertThat(kinds()).as("%s: %s", what, findings()).containsOnly("order_differs");
    assertThat(findings())
        .as(what)
        .hasSize(findings)
        .anySatisfy(
            row ->
                assertThat(String.valueOf(row.get("evidence")))
                    .startsWith("recharge order " + order));
  }

  @Test
  void aRowWhoseOrderIsGoneIsNamed() {
    String order = order("amount = 12");
    harm("DELETE FROM billing.recharge_orders WHERE order_id = '" + order + "'");
    assertThat(findings())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("kind")).isEqualTo("order_differs");
              assertThat(String.valueOf(row.get("evidence")))
                  .startsWith("ledger row ")
                  .endsWith("no recharge order names it");
              assertThat(String.valueOf(row.get("found"))).endsWith(order);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATE public.billing_ledger SET amount_delta = 120, 12",
    "UPDATE public.billing_ledger SET entry_type = 'credit', 12",
    "DELETE FROM public.billing_ledger, 12",
    "UPDATE public.billing_ledger SET corrects = NULL, -10"
  })
  void aRowThatIsNotWhatItsOrderSaysIsNamed(String damage, BigDecimal amount) {
    harm(
        damage
            + " WHERE entry_type IN ('recharge', 'recharge_refund') AND amount_delta = "
            + amount);
    assertThat(kinds()).contains("order_differs");
  }

  @Test
  void theContinuousAuditFindsItToo() {
    ContinuousAudit audit =
        new ContinuousAudit(
            jdbi, PeakHours.NONE, Duration.ofHours(24), Clock.fixed(now, ZoneOffset.UTC));
    audit.turn();
    assertThat(audit.standing().findings()).isZero();
    harm("UPDATE billing.recharge_orders SET state = 'refunded' WHERE amount = 7");
    audit.turn();
    assertThat(audit.standing().firstFinding()).startsWith("order_differs of account ");
  }
}
