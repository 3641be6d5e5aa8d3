package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.WalletWorld.credit;
import static plus.svc.billing.wallet.WalletWorld.debit;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import plus.svc.billing.testing.Eventually;
import plus.svc.billing.wallet.recharge.RechargeLedger;

/** What went wrong in the wallet before this one, by its number, and does not here. */
final class WalletDefectsIT {

  private static @Nullable WalletWorld shared;

  private final WalletWorld world = shared();
  private final WalletEngine engine = world.engine();

  @AfterAll
  static void close() {
    shared().close();
    shared = null;
  }

  private static WalletWorld shared() {
    if (shared == null) {
      shared =
          new WalletWorld(
              Map.of(
                  "payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 5),
                  "asset", new ServicePriceBook.Terms(new BigDecimal("0.005"), 0),
                  "gift", new ServicePriceBook.Terms(BigDecimal.ZERO, 0)));
    }
    shared.clock.set(Instant.parse("2026-04-08T10:00:00Z"));
    return shared;
  }

  private static Command.Deduct use(UUID user, String service, long count) {
    return new Command.Deduct(user, service, count);
  }

  private BigDecimal balance(UUID account) {
    return engine.reads().balance(account).orElseThrow().balance();
  }

  private List<String> records(UUID user) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT entry_type || ' ' || meter || ' ' || units || ' '"
                        + " || trim_scale(amount_delta)"
                        + " FROM public.billing_ledger WHERE account_uuid = ? AND meter IS NOT NULL"
                        + " ORDER BY created_at")
                .bind(0, user)
                .mapTo(String.class)
                .list());
  }

  @Test
  void w01AFullyFreeDeductionIsDoneAndRecorded() {
    UUID user = world.user();

    WalletAnswer answer = world.ask(engine, use(user, "payment", 5));

    assertThat(answer.isDone()).isTrue();
    assertThat(answer.free()).isEqualTo(5);
    assertThat(records(user)).containsExactly("usage_free payment 5 0");
    assertThat(world.ledgerIds(user)).containsAll(answer.entries());
    assertThat(engine.reads().check(user, "payment", 1).isAllowed()).isFalse();
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void w02BothRecordsOfAMixedDeductionAreThereAndARepeatChargesNothing() {
    UUID user = world.userWith(engine, "1");
    WalletRequest request = world.request(use(user, "payment", 8));

    WalletAnswer answer = WalletWorld.ask(engine, request);
    WalletAnswer again = WalletWorld.ask(world.engine(), request);

    assertThat(again).isEqualTo(answer);
    assertThat(answer.entries()).hasSize(2);
    assertThat(world.ledgerIds(user)).containsAll(answer.entries());
    assertThat(records(user))
        .containsExactly("usage_free payment 5 0", "usage_charge payment 3 -0.3");
    assertThat(balance(user)).isEqualByComparingTo("0.7");
  }

  /** One that was applied, one twice and one that is refused come in the same group as others. */
  @Test
  void w03ARepeatedRequestStopsNoNeighbour() {
    UUID user = world.userWith(engine, "10");
    WalletRequest before = world.request(debit(user, "1"));
    WalletAnswer first = WalletWorld.ask(engine, before);
    WalletRequest twice = world.request(debit(user, "2"));
    List<CompletableFuture<WalletAnswer>> all = new ArrayList<>();
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          for (WalletRequest request :
              List.of(
                  world.request(debit(user, "0.5")),
                  before,
                  twice,
                  twice,
                  world.request(debit(user, "100")),
                  world.request(debit(user, "0.25")))) {
            all.add(engine.wallet().apply(request));
          }
        });
    List<WalletAnswer> answers =
        all.stream().map(one -> one.orTimeout(60, TimeUnit.SECONDS).join()).toList();

    assertThat(answers)
        .extracting(WalletAnswer::isDone)
        .containsExactly(true, true, true, true, false, true);
    assertThat(answers.get(1)).isEqualTo(first);
    assertThat(answers.get(3)).isEqualTo(answers.get(2));
    assertThat(balance(user)).isEqualByComparingTo("6.25");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void w03APriceOfZeroLeavesARecord() {
    UUID user = world.user();
    WalletAnswer answer = world.ask(engine, use(user, "gift", 7));
    assertThat(answer.isDone()).isTrue();
    assertThat(records(user)).containsExactly("usage_charge gift 7 0");
    assertThat(world.ledgerIds(user)).containsAll(answer.entries());
  }

  /** Seen by others only once it is committed, and then as what was paid, not twice that. */
  @Test
  void w09TheFirstRechargeCountsOnceAndOnlyOnceCommitted() {
    UUID user = world.user();
    WalletRecharges recharges =
        new WalletRecharges(
            world.jdbi,
            WalletWorld.POLICY,
            world.pipeline::open,
            world.pipeline::settleStandings,
            world.clock);
    RechargeLedger.Posting paid =
        new RechargeLedger.Posting(
            "order",
            "recharge",
            new BigDecimal("10"),
            "CNY",
            world.clock.instant(),
            "payments",
            "callback",
            "{}",
            null,
            false);

    BigDecimal meanwhile =
        recharges.inTransaction(
            handle -> {
              recharges.post(handle, user, List.of(paid));
              // In a thread, and so in a transaction, of its own.
              return CompletableFuture.supplyAsync(() -> balance(user)).join();
            });

    assertThat(meanwhile).isEqualByComparingTo("0");
    assertThat(balance(user)).isEqualByComparingTo("10");
    assertThat(world.ledger(user)).isEqualByComparingTo("10");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void w12TheFirstUseOfAMonthIsFreeWithoutACheckBefore() {
    UUID user = world.userWith(engine, "1");
    world.ask(engine, use(user, "payment", 5));
    world.clock.set(Instant.parse("2026-05-01T00:00:00Z"));
    assertThat(world.ask(engine, use(user, "payment", 5)).free()).isEqualTo(5);
    assertThat(world.ask(engine, use(user, "carpets", 1)).refusal())
        .isEqualTo(Refusal.UNKNOWN_SERVICE);
    assertThat(balance(user)).isEqualByComparingTo("1");
  }

  @Test
  void w14AHalfCentIsTheSameInRecordsAndBalance() {
    UUID user = world.userWith(engine, "1");
    for (int i = 0; i < 3; i++) {
      world.ask(engine, use(user, "asset", 1));
    }
    assertThat(records(user)).hasSize(3).containsOnly("usage_charge asset 1 -0.005");
    assertThat(balance(user)).isEqualByComparingTo("0.985");
    assertThat(world.ledger(user)).isEqualByComparingTo("0.985");
    assertThat(WalletFacts.violations(world.jdbi)).as("the shown balance too").isEmpty();
  }

  @Test
  void w17TheRunOfTheLastOfJanuaryPreparesFebruaryAndIsRepeatable() {
    world.clock.set(Instant.parse("2025-01-31T16:30:00Z"));
    WalletPolicy shanghai = new WalletPolicy("CNY", ZoneId.of("Asia/Shanghai"));
    ExecutionTime monthly =
        ExecutionTime.forCron(
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                .parse("0 0 1 * *"));
    UUID user = world.user();
    world.ask(engine, use(user, "payment", 1));
    assertThat(months(user)).containsExactly("2025-01-01T00:00Z");

    // In Shanghai it is February already, which nobody used anything in.
    assertThat(ahead(shanghai, monthly).turn()).contains(0);
    world.clock.set(Instant.parse("2025-01-31T15:30:00Z"));
    MonthAhead utc = ahead(WalletWorld.POLICY, monthly);
    int made = world.jdbi.inTransaction(handle -> utc.prepare(handle, world.clock.instant()));
    int again = world.jdbi.inTransaction(handle -> utc.prepare(handle, world.clock.instant()));

    assertThat(made).isOne();
    assertThat(again).isZero();
    assertThat(months(user)).containsExactly("2025-01-01T00:00Z", "2025-02-01T00:00Z");
    assertThat(ahead(WalletWorld.POLICY, monthly).turn()).as("not due").isEmpty();
    world.clock.set(Instant.parse("2025-03-05T00:00:00Z"));
    assertThat(ahead(WalletWorld.POLICY, monthly).turn()).as("caught up").isPresent();
  }

  private MonthAhead ahead(WalletPolicy policy, ExecutionTime schedule) {
    return new MonthAhead(world.jdbi, policy, schedule, world.prices::prices, world.clock);
  }

  private List<String> months(UUID user) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI\"Z\"')"
                        + " FROM billing.past_quotas WHERE account_uuid = ? AND meter = 'payment'"
                        + " ORDER BY period_start")
                .bind(0, user)
                .mapTo(String.class)
                .list());
  }

  /** However long somebody keeps the account: nothing runs out, and the balance is spent once. */
  @Test
  void w18TwoServicesOfOneUserNeverSpendTheSameMoney() throws Exception {
    UUID user = world.userWith(engine, "1");
    world.ask(engine, use(user, "payment", 5));
    List<CompletableFuture<WalletAnswer>> both = new ArrayList<>();
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          both.add(engine.wallet().apply(world.request(use(user, "payment", 10))));
          both.add(world.engine().wallet().apply(world.request(use(user, "asset", 200))));
          // A transaction sees others as they were when it looked first.
          Eventually.holds(
              () -> assertThat(CompletableFuture.supplyAsync(this::waiting).join()).isEqualTo(2));
          assertThat(both).noneMatch(CompletableFuture::isDone);
        });
    List<WalletAnswer> answers =
        both.stream().map(one -> one.orTimeout(60, TimeUnit.SECONDS).join()).toList();
    assertThat(answers).filteredOn(WalletAnswer::isDone).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> !answer.isDone())
        .extracting(WalletAnswer::refusal)
        .containsExactly(Refusal.INSUFFICIENT_BALANCE);
    assertThat(balance(user)).isEqualByComparingTo("0");
  }

  private long waiting() {
    return world.count(
        "SELECT count(*) FROM pg_stat_activity"
            + " WHERE wait_event_type = 'Lock' AND datname = current_database()");
  }

  @Test
  void w20OfTwoWhoAreBothAllowedOneReservesAndIsServed() {
    UUID user = world.userWith(engine, "1");
    world.ask(engine, use(user, "payment", 5));
    WalletEngine second = world.engine();
    assertThat(engine.reads().check(user, "payment", 10).isAllowed()).isTrue();
    assertThat(second.reads().check(user, "payment", 10).isAllowed()).isTrue();

    CompletableFuture<WalletAnswer> mine =
        engine.wallet().apply(world.request(new Command.ReserveUse(user, "payment", 10, 60)));
    CompletableFuture<WalletAnswer> theirs =
        second.wallet().apply(world.request(new Command.ReserveUse(user, "payment", 10, 60)));
    List<WalletAnswer> answers = List.of(mine.join(), theirs.join());

    assertThat(answers).filteredOn(WalletAnswer::isDone).hasSize(1);
    UUID held = answers.stream().filter(WalletAnswer::isDone).findAny().orElseThrow().operation();
    assertThat(world.ask(engine, debit(user, "0.01")).refusal())
        .isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    assertThat(world.ask(second, new Command.Commit(held, null, 10L)).isDone()).isTrue();
    assertThat(balance(user)).isEqualByComparingTo("0");
    assertThat(new HashSet<>(answers)).hasSize(2);
    assertThat(world.ask(engine, credit(user, "1")).balance()).isEqualByComparingTo("1");
  }
}
