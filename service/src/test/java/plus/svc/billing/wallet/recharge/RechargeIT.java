package plus.svc.billing.wallet.recharge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.admin.BadInput;
import plus.svc.billing.admin.Inputs;
import plus.svc.billing.admin.RechargeConfirmOperation;
import plus.svc.billing.emulator.payment.Behaviour;
import plus.svc.billing.proto.payment.v1.PaymentStatus;
import plus.svc.billing.repair.RecordedReport;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.wallet.payment.Payment;
import plus.svc.billing.wallet.payment.PaymentFailure;
import plus.svc.billing.wallet.payment.PaymentMethod;
import plus.svc.billing.wallet.payment.PaymentOrder;
import plus.svc.billing.wallet.payment.PaymentService;
import plus.svc.billing.wallet.payment.PaymentState;

final class RechargeIT {

  @RegisterExtension static final Database database = Database.migrated();

  private static @Nullable RechargeWorld shared;

  @BeforeAll
  static void begin() throws Exception {
    shared = new RechargeWorld(database.jdbi());
  }

  @AfterAll
  static void end() {
    world().close();
  }

  /** No test looks at the orders of another. */
  @AfterEach
  void leaveNothingToLookAt() {
    world()
        .jdbi
        .useHandle(h -> h.execute("UPDATE billing.recharge_orders SET next_look_at = NULL"));
  }

  private static RechargeWorld world() {
    if (shared == null) {
      throw new IllegalStateException("no world yet");
    }
    return shared;
  }

  @Test
  void aPaidOrderIsCreditedOnceExactlyItsAmount() {
    var user = world().user();
    var order = world().order(user, "12.5", Behaviour.TELL_TWICE);

    assertThat(order.state()).isEqualTo(RechargeState.PENDING);
    assertThat(order.payUrl()).startsWith("https://pay.example.org/");
    assertThat(world().entries(user)).isEmpty();
    world().emulator.settle(id(order));
    world().emulator.tellAgain(id(order));

    var after = world().now(order);
    assertThat(after.state()).isEqualTo(RechargeState.SUCCESS);
    assertThat(world().entries(user)).containsExactly("recharge 12.5");
    assertThat(world().balance(user)).isEqualByComparingTo("12.5");
    assertThat(world().wrongOrders()).isEmpty();
    assertThat(world().recharge.events(order.orderId()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.origin()).isEqualTo("callback");
              assertThat(event.effect()).isEqualTo("credited");
              assertThat(event.paymentId()).isEqualTo(order.paymentId());
            });
  }

  @Test
  void w05_anyNumberOfOrdersMayBePending() {
    var user = world().user();
    var away = world().recharge(new Away());
    for (int i = 0; i < 5; i++) {
      var order = away.order(RechargeWorld.ask(user, "1"));
      assertThat(order.paymentId()).isNull();
      assertThat(order.trouble()).startsWith("unreachable");
    }
    assertThat(
            world()
                .count(
                    "SELECT count(*) FROM billing.recharge_orders WHERE account_id = '"
                        + user
                        + "' AND state = 'pending' AND payment_id IS NULL"))
        .isEqualTo(5);
  }

  @Test
  void w06_aCallbackThatNamesNoOrderOrIsNotSignedCreditsNobody() {
    var user = world().user();
    var pending = world().recharge(new Away()).order(RechargeWorld.ask(user, "1"));
    var nobody = new UUID(0, 0);

    assertThatThrownBy(() -> world().recharge.callback(nobody, paid("1", "", "CNY")))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.ORDER_NOT_FOUND));
    // Signed by the right secret, but heard too late.
    var order = world().order(user, "3", Behaviour.SUCCEED);
    world().ahead = Duration.ofMinutes(10);
    assertThat(world().emulator.say(id(order), PaymentStatus.SUCCESS)).isEqualTo(401);
    assertThat(world().entries(user)).isEmpty();
    world().ahead = Duration.ZERO;
    assertThat(world().emulator.tellAgain(id(order))).isEqualTo(200);
    assertThat(world().entries(user)).containsExactly("recharge 3");
    assertThat(world().now(pending).state()).isEqualTo(RechargeState.PENDING);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, pay-1, CNY, amount is 1000",
    "10, pay-1, USD, currency is USD",
    "10.01, pay-1, CNY, amount is 10.01",
    ", pay-1, CNY, amount is missing"
  })
  void w07_whatIsPaidMustBeWhatWasOrdered(
      @Nullable String amount, String payment, String currency, String problem) {
    var user = world().user();
    var order = world().recharge(new Away()).order(RechargeWorld.ask(user, "10.00"));

    assertThatThrownBy(
            () -> world().recharge.callback(order.orderId(), paid(amount, payment, currency)))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.MISMATCH))
        .hasMessageContaining(problem);

    assertThat(world().entries(user)).isEmpty();
    assertThat(world().now(order).state()).isEqualTo(RechargeState.PENDING);
    assertThat(world().recharge.events(order.orderId()))
        .singleElement()
        .satisfies(event -> assertThat(event.effect()).isEqualTo("refused"));
  }

  @ParameterizedTest
  @EnumSource(names = {"WRONG_AMOUNT", "WRONG_CURRENCY"})
  void w07_neitherACallbackNorALookCreditsWhatDoesNotFit(Behaviour behaviour) {
    var user = world().user();
    var order = world().order(user, "10", behaviour);
    world().emulator.settle(id(order));
    world().time.advance(Duration.ofSeconds(30));
    world().poll.turn();

    assertThat(world().entries(user)).isEmpty();
    assertThat(world().recharge.events(order.orderId()))
        .extracting(RechargeEvent::origin, RechargeEvent::effect)
        .containsExactly(tuple("callback", "refused"), tuple("poll", "refused"));
  }

  @ParameterizedTest
  @CsvSource({"0.29, 29", "19.99, 1999", "1.15, 115", "4.35, 435", "8.2, 820"})
  void w08_centsAreExactAllTheWay(String amount, long cents) {
    var user = world().user();
    var order = world().order(user, amount, Behaviour.SUCCEED);
    var asked =
        world().emulator.payments().stream()
            .filter(payment -> payment.getOrderId().equals(id(order)))
            .findFirst()
            .orElseThrow();
    assertThat(asked.getAmount()).isEqualTo(cents);

    world().emulator.settle(id(order));

    assertThat(world().balance(user)).isEqualByComparingTo(amount);
  }

  @ParameterizedTest
  @CsvSource({
    "0.295, CNY, finer than the smallest unit",
    "0, CNY, above zero",
    "-5, CNY, above zero",
    "5, USD, is kept in CNY",
    "5, CNYX, ISO 4217",
    "1e20, CNY, larger than"
  })
  void whatCannotBePaidIsRefusedBeforeAnythingIsStored(
      BigDecimal amount, String currency, String problem) {
    var ask =
        new Ask(world().user(), amount, currency, PaymentMethod.ALIPAY, "", "", "gateway", null);
    assertThatThrownBy(() -> world().recharge.order(ask))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.BAD_REQUEST))
        .hasMessageContaining(problem);
    assertThat(
            world()
                .count(
                    "SELECT count(*) FROM billing.recharge_orders WHERE account_id = '"
                        + ask.account()
                        + "'"))
        .isZero();
  }

  @Test
  void w10_ordersOfOneInstantAreApart() {
    var user = world().user();
    var away = world().recharge(new Away());
    var ids = new HashSet<String>();
    for (int i = 0; i < 20; i++) {
      ids.add(id(away.order(RechargeWorld.ask(user, "1"))));
    }
    assertThat(ids).hasSize(20).allMatch(id -> id.length() == 36);
  }

  @Test
  void theSameKeyIsTheSameOrderAndForAnotherOneIsRefused() {
    var user = world().user();
    var first = world().recharge.order(RechargeWorld.ask(user, "5", "key-1"));
    var again = world().recharge.order(RechargeWorld.ask(user, "5.00", "key-1"));

    assertThat(again.orderId()).isEqualTo(first.orderId());
    assertThat(world().emulator.requests(id(first))).isEqualTo(1);
    assertThatThrownBy(() -> world().recharge.order(RechargeWorld.ask(user, "6", "key-1")))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.KEY_TAKEN));
  }

  @ParameterizedTest
  @CsvSource({
    "FAIL, FAILED, ''",
    "CLOSE, CLOSED, ''",
    "LATE_SUCCESS, SUCCESS, recharge 7",
    "REFUND, REFUNDED, recharge 7;recharge_refund -7"
  })
  void w15_everyEndIsAStatedStateWithItsEntries(
      Behaviour behaviour, RechargeState state, String entries) {
    var user = world().user();
    var order = world().order(user, "7", behaviour);
    world().emulator.settle(id(order));

    var after = world().now(order);
    assertThat(after.state()).isEqualTo(state);
    assertThat(String.join(";", world().entries(user))).isEqualTo(entries);
    assertThat(world().wrongOrders()).isEmpty();
    var events = world().recharge.events(order.orderId());
    assertThat(events.get(events.size() - 1).state()).isEqualTo(state.text());
    if (after.refund() != null) {
      assertThat(
              world()
                  .count(
                      "SELECT count(*) FROM public.billing_ledger WHERE id = '"
                          + after.refund()
                          + "' AND corrects = '"
                          + after.credit()
                          + "'"))
          .isEqualTo(1);
    }
  }

  @Test
  void w16_anOrderThatThePaymentServiceNeverAnsweredIsPaidOnceLater() {
    var user = world().user();
    world().emulator.next(Behaviour.NO_REPLY);

    long began = System.nanoTime();
    var order = world().recharge.order(RechargeWorld.ask(user, "20"));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(order.state()).isEqualTo(RechargeState.PENDING);
    assertThat(order.payUrl()).isEmpty();
    assertThat(order.trouble()).startsWith("timeout");
    world().time.advance(Duration.ofSeconds(30));
    world().poll.turn();

    var later = world().now(order);
    assertThat(later.payUrl()).isNotEmpty();
    assertThat(later.trouble()).isEmpty();
    assertThat(payments(order)).isEqualTo(1);
    world().emulator.settle(id(order));
    assertThat(world().entries(user)).containsExactly("recharge 20");
  }

  @Test
  void whoDiesBetweenPaymentAndOrderLeavesOnePaymentAndOneCredit() {
    var user = world().user();
    var dying = world().recharge(new DiesAfterPaying(world().payments));

    assertThatThrownBy(() -> dying.order(RechargeWorld.ask(user, "30", "dying")))
        .isInstanceOf(Death.class);
    var order = world().recharge.order(RechargeWorld.ask(user, "30", "dying"));
    world().emulator.settle(id(order));
    world().emulator.settle(id(order));

    assertThat(payments(order)).isEqualTo(1);
    assertThat(world().entries(user)).containsExactly("recharge 30");
  }

  @Test
  void aPaymentThatNobodyToldIsFoundByLooking() {
    var user = world().user();
    var order = world().order(user, "8", Behaviour.TELL_NOBODY);
    world().emulator.settle(id(order));
    assertThat(world().entries(user)).isEmpty();

    world().time.advance(Duration.ofSeconds(30));
    world().poll.turn();
    world().time.advance(Duration.ofMinutes(10));
    world().poll.turn();

    assertThat(world().entries(user)).containsExactly("recharge 8");
    assertThat(world().recharge.events(order.orderId()))
        .singleElement()
        .satisfies(event -> assertThat(event.origin()).isEqualTo("poll"));
  }

  @Test
  void anOrderWhoseTimeIsOverIsClosedAndStillCreditedWhenMoneyComes() {
    var user = world().user();
    var order = world().order(user, "9", Behaviour.SUCCEED);
    world().time.advance(Duration.ofHours(25));
    world().poll.turn();
    assertThat(world().now(order).state()).isEqualTo(RechargeState.CLOSED);

    world().emulator.settle(id(order));

    assertThat(world().now(order).state()).isEqualTo(RechargeState.SUCCESS);
    assertThat(world().entries(user)).containsExactly("recharge 9");
    assertThat(world().recharge.events(order.orderId()))
        .extracting(RechargeEvent::origin, RechargeEvent::effect)
        .containsExactly(tuple("expiry", "moved"), tuple("callback", "credited"));
  }

  @Test
  void anOrderThatThePaymentServiceRefusesHasFailed() {
    var user = world().user();
    world().emulator.next(Behaviour.REFUSE);
    assertThatThrownBy(() -> world().recharge.order(RechargeWorld.ask(user, "1", "refused")))
        .isInstanceOfSatisfying(
            RechargeProblem.class,
            e -> assertThat(e.kind()).isEqualTo(RechargeProblem.Kind.PAYMENT_REFUSED));
  }

  @Test
  void onePaymentPaysOneOrder() {
    var user = world().user();
    var away = world().recharge(new Away());
    var one = away.order(RechargeWorld.ask(user, "1"));
    var other = away.order(RechargeWorld.ask(user, "1"));
    world().recharge.callback(one.orderId(), paid("1", "pay-shared", "CNY"));

    assertThatThrownBy(
            () -> world().recharge.callback(other.orderId(), paid("1", "pay-shared", "CNY")))
        .hasMessageContaining("that of another order");
    assertThatThrownBy(
            () -> world().recharge.callback(one.orderId(), paid("1", "pay-other", "CNY")))
        .hasMessageContaining("another one than the order's payment");
    assertThat(world().entries(user)).containsExactly("recharge 1");
  }

  @Test
  void withoutAPaymentServiceNoOrderCanBeMadeAndCallbacksStillCount() {
    var user = world().user();
    var pending = world().recharge(new Away()).order(RechargeWorld.ask(user, "2"));
    var none = world().recharge(PaymentService.NONE);

    assertThatThrownBy(() -> none.order(RechargeWorld.ask(user, "2")))
        .isInstanceOfSatisfying(
            RechargeProblem.class, e -> assertThat(e.kind().code()).isEqualTo("190501"));
    none.callback(pending.orderId(), paid("2", "pay-2", "CNY"));
    assertThat(world().entries(user)).containsExactly("recharge 2");
  }

  @Test
  void anOperatorSeesWhatConfirmingWouldDoAndDoesIt() {
    var user = world().user();
    var order = world().recharge(new Away()).order(RechargeWorld.ask(user, "6"));
    var operation = new RechargeConfirmOperation(world().recharge);

    var seen = new RecordedReport();
    operation.run(inputs(order, Map.of("amount", "6.00")), seen);
    assertThat(world().entries(user)).isEmpty();
    var wrong = new RecordedReport();
    operation.run(inputs(order, Map.of("amount", "60", "apply", "true")), wrong);
    assertThat(world().entries(user)).isEmpty();
    var done = new RecordedReport();
    operation.run(inputs(order, Map.of("amount", "6.00", "apply", "true")), done);
    var refunded = new RecordedReport();
    operation.run(inputs(order, Map.of("state", "refunded", "apply", "true")), refunded);

    assertThat(seen.total("applied")).isEqualTo(false);
    assertThat(seen.total("effect")).isEqualTo("credited");
    assertThat(wrong.total("effect")).isEqualTo("refused");
    assertThat(done.total("effect")).isEqualTo("credited");
    assertThat(done.column("events", "effect")).containsExactly("refused", "credited");
    assertThat(refunded.total("state")).isEqualTo("refunded");
    assertThat(world().entries(user)).containsExactly("recharge 6", "recharge_refund -6");
    assertThatThrownBy(
            () ->
                operation.run(
                    new Inputs(
                        Map.of("order", List.of(new UUID(0, 1).toString())),
                        world().time.instant(),
                        "anna"),
                    new RecordedReport()))
        .isInstanceOf(BadInput.class);
  }

  private static Inputs inputs(RechargeOrder order, Map<String, String> more) {
    Map<String, List<String>> all = new TreeMap<>();
    all.put("order", List.of(id(order)));
    more.forEach((name, value) -> all.put(name, List.of(value)));
    return new Inputs(all, world().time.instant(), "anna");
  }

  @Test
  void whatWasSaidCanBeNeitherChangedNorDeleted() {
    var order = world().order(world().user(), "1", Behaviour.SUCCEED);
    world().emulator.settle(id(order));
    assertThatThrownBy(
            () -> world().jdbi.useHandle(h -> h.execute("DELETE FROM billing.recharge_events")))
        .hasMessageContaining("append-only");
  }

  @Test
  void aFewLooksEndWhenTheServiceComesBack() throws Exception {
    var user = world().user();
    world().emulator.silent(true);
    var order = world().recharge.order(RechargeWorld.ask(user, "4"));
    assertThat(order.payUrl()).isEmpty();
    world().emulator.silent(false);
    Eventually.holds(
        () -> {
          world().time.advance(Duration.ofMinutes(6));
          world().poll.turn();
          assertThat(world().now(order).payUrl()).isNotEmpty();
        });
    assertThat(payments(order)).isEqualTo(1);
  }

  @Test
  void aRefundThatNobodyToldIsFoundByAsking() {
    var user = world().user();
    var order = world().order(user, "14", Behaviour.SUCCEED);
    world().emulator.settle(id(order));
    world().time.advance(Duration.ofMinutes(59));
    assertThat(world().poll.turn()).isZero();
    world().time.advance(Duration.ofMinutes(1));
    assertThat(world().poll.turn()).isOne();
    assertThat(world().now(order).state()).isEqualTo(RechargeState.SUCCESS);

    world().ahead = Duration.ofHours(1);
    assertThat(world().emulator.say(id(order), PaymentStatus.REFUNDED)).isEqualTo(401);
    world().ahead = Duration.ZERO;
    assertThat(world().poll.turn()).isZero();
    world().time.advance(Duration.ofHours(1));
    assertThat(world().poll.turn()).isOne();

    assertThat(world().now(order).state()).isEqualTo(RechargeState.REFUNDED);
    assertThat(world().entries(user)).containsExactly("recharge 14", "recharge_refund -14");
    assertThat(world().recharge.events(order.orderId()))
        .extracting(RechargeEvent::origin, RechargeEvent::effect)
        .containsExactly(tuple("callback", "credited"), tuple("poll", "refunded"));
    assertThat(nextLook(order)).isNull();
  }

  @Test
  void aPaidOrderIsAskedAboutEverMoreSeldomAndNotForEver() {
    var order = world().order(world().user(), "15", Behaviour.SUCCEED);
    world().emulator.settle(id(order));
    var paid = world().now(order).changedAt();

    var hours = new ArrayList<Long>();
    for (var next = nextLook(order); next != null; next = nextLook(order)) {
      hours.add(Duration.between(paid, next).toHours());
      world().time.set(next);
      assertThat(world().poll.turn()).isOne();
    }

    assertThat(hours).startsWith(1L, 2L, 4L, 8L, 16L, 32L, 56L, 80L).endsWith(704L, 720L);
    assertThat(hours).hasSize(35);
    assertThat(world().recharge.events(order.orderId())).hasSize(1);
  }

  private static @Nullable Instant nextLook(RechargeOrder order) {
    return world()
        .jdbi
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT next_look_at FROM billing.recharge_orders WHERE order_id = ?")
                    .bind(0, order.orderId())
                    .mapTo(Instant.class)
                    .findOne()
                    .orElse(null));
  }

  private static long payments(RechargeOrder order) {
    return world().emulator.payments().stream()
        .filter(payment -> payment.getOrderId().equals(id(order)))
        .count();
  }

  private static String id(RechargeOrder order) {
    return order.orderId().toString();
  }

  static Report paid(@Nullable String amount, String payment, String currency) {
    return new Report(
        Report.Origin.CALLBACK,
        "payments",
        PaymentState.SUCCESS,
        payment,
        amount == null ? null : new BigDecimal(amount),
        currency,
        "{}");
  }

  /** Not there. */
  static final class Away implements PaymentService {
    @Override
    public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
      throw new PaymentFailure(PaymentFailure.Kind.UNREACHABLE, "nobody is there");
    }

    @Override
    public Payment get(String paymentId, Duration time) throws PaymentFailure {
      throw new PaymentFailure(PaymentFailure.Kind.UNREACHABLE, "nobody is there");
    }

    @Override
    public void close() {}
  }

  /** The process ends right after the payment was made. */
  private record DiesAfterPaying(PaymentService service) implements PaymentService {
    @Override
    public Payment create(PaymentOrder order, Duration time) throws PaymentFailure {
      service.create(order, time);
      throw new Death();
    }

    @Override
    public Payment get(String paymentId, Duration time) throws PaymentFailure {
      return service.get(paymentId, time);
    }

    @Override
    public void close() {}
  }

  /** Nobody catches it. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }
}
