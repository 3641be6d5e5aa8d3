package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.wallet.WalletWorld.append;
import static plus.svc.billing.wallet.WalletWorld.credit;
import static plus.svc.billing.wallet.WalletWorld.debit;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.wallet.outbox.Outbox;
import plus.svc.billing.wallet.outbox.Thresholds;

/** What operations do, one by one, on a real database. */
final class WalletIT {

  private final WalletWorld world = new WalletWorld();
  private final WalletEngine engine = world.engine();

  @AfterEach
  void close() {
    world.close();
  }

  private BigDecimal balance(UUID account) {
    return engine.reads().balance(account).orElseThrow().balance();
  }

  @Test
  void creditsAndDebitsAddUpAndAGuardedDebitNeverOverdraws() {
    UUID user = world.userWith(engine, "10.50");

    WalletAnswer taken = world.ask(engine, debit(user, "10.25"));
    WalletAnswer refused = world.ask(engine, debit(user, "0.26"));

    assertThat(taken.balance()).isEqualByComparingTo("0.25");
    assertThat(refused.refusal()).isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    assertThat(balance(user)).isEqualByComparingTo("0.25");
    assertThat(world.ledger(user)).isEqualByComparingTo("0.25");
  }

  @Test
  void theSameKeyAndBodyGetsTheFirstAnswerAndAnotherBodyIsRefused() {
    UUID user = world.userWith(engine, "10");
    WalletRequest request = world.request(debit(user, "4"));

    WalletAnswer first = WalletWorld.ask(engine, request);
    WalletAnswer again = WalletWorld.ask(engine, request);
    WalletRequest other =
        WalletRequest.of("gateway", request.key(), "test", debit(user, "5"), "{}");

    assertThat(again).isEqualTo(first);
    assertThatThrownBy(() -> WalletWorld.ask(engine, other))
        .hasRootCauseInstanceOf(Wallet.KeyTaken.class);
    assertThat(balance(user)).isEqualByComparingTo("6");
  }

  @Test
  void manyAtOnceUnderOneKeyHaveOneEffect() {
    UUID user = world.userWith(engine, "10");
    WalletEngine second = world.engine();
    WalletRequest request = world.request(debit(user, "1"));
    List<CompletableFuture<WalletAnswer>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add((i % 2 == 0 ? engine : second).wallet().apply(request));
    }
    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(balance(user)).isEqualByComparingTo("9");
  }

  @Test
  void appendedPostingsNeedNoLockAndCountAtOnce() {
    UUID user = world.userWith(engine, "5");
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          world.ask(engine, append(user, "7"));
          world.ask(engine, append(user, "-20"));
          assertThat(balance(user)).isEqualByComparingTo("-8");
        });
    assertThat(world.ask(engine, debit(user, "1")).refusal())
        .isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    assertThat(world.ask(engine, credit(user, "9")).balance()).isEqualByComparingTo("1");
    assertThat(world.ledger(user)).isEqualByComparingTo("1");
    BigDecimal shown =
        world.jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT current_balance FROM public.account_quota_states"
                            + " WHERE account_uuid = ?")
                    .bind(0, user)
                    .mapTo(BigDecimal.class)
                    .one());
    assertThat(shown).isEqualByComparingTo("1");
  }

  /** What others post while an account begins is in its balance once, as readers see it too. */
  @Timeout(120)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.account_quota_states SET current_balance = current_balance + 3"
            + " WHERE account_uuid = ?",
        "INSERT INTO public.account_quota_states AS q (account_uuid, current_balance, effective_at)"
            + " VALUES (?, 3, now()) ON CONFLICT (account_uuid)"
            + " DO UPDATE SET current_balance = q.current_balance + 3"
      })
  void whatOthersPostWhileAnAccountBeginsIsShownOnce(String theirs) throws Exception {
    UUID user = world.user();
    String posting =
        "INSERT INTO public.billing_ledger (id, account_uuid, bucket_start, bucket_end, entry_type,"
            + " amount_delta, pricing_rule_version)"
            + " VALUES (gen_random_uuid(), ?, now(), now(), 'topup', 3, 'stripe:pi')";
    CompletableFuture<WalletAnswer> ours = new CompletableFuture<>();
    try (Handle other = world.jdbi.open()) {
      other.begin();
      other.execute(posting, user);
      other.execute(theirs, user);
      var unused =
          engine.wallet().apply(world.request(credit(user, "2"))).thenAccept(ours::complete);
      while (!ours.isDone()
          && world.count(
                  "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
              == 0) {
        Thread.sleep(5);
      }
      assertThat(ours).as("waits for who posts").isNotDone();
      other.commit();
    }
    ours.get(60, TimeUnit.SECONDS);
    engine.tending().takeIn();
    assertThat(world.ledger(user)).isEqualByComparingTo("5");
    assertThat(balance(user)).isEqualByComparingTo("5");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void aDeductionTakesFreeUnitsFirstAndTheRestFromTheBalance() {
    UUID user = world.userWith(engine, "1");
    world.ask(engine, new Command.Deduct(user, "payment", 995));

    WalletReads.Check check = engine.reads().check(user, "payment", 10);
    WalletAnswer mixed = world.ask(engine, new Command.Deduct(user, "payment", 10));
    WalletAnswer tooMuch = world.ask(engine, new Command.Deduct(user, "payment", 6));

    assertThat(check.isAllowed()).isTrue();
    assertThat(check.free()).isEqualTo(5);
    assertThat(mixed.free()).isEqualTo(5);
    assertThat(mixed.paid()).isEqualTo(5);
    assertThat(mixed.balance()).isEqualByComparingTo("0.5");
    assertThat(tooMuch.refusal()).isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    assertThat(engine.reads().useThisMonth(user))
        .containsExactly(new WalletReads.Use("payment", 1_000, 5, new BigDecimal("0.50")));
  }

  @Test
  void theMonthBeginsByItself() {
    UUID user = world.user();
    world.ask(engine, new Command.Deduct(user, "asset", 1_000));
    assertThat(world.ask(engine, new Command.Deduct(user, "asset", 1)).refusal())
        .isEqualTo(Refusal.INSUFFICIENT_BALANCE);

    world.clock.set(Instant.parse("2026-05-01T00:00:00Z"));

    assertThat(world.ask(engine, new Command.Deduct(user, "asset", 1)).free()).isEqualTo(1);
  }

  @Test
  void aHoldKeepsMoneyUntilItIsCommittedVoidedOrOver() {
    world.clock.set(Instant.parse("2030-01-01T00:00:00Z"));
    UUID user = world.userWith(engine, "10");
    UUID held =
        world.ask(engine, new Command.Reserve(user, new BigDecimal("6"), "CNY", 60)).operation();

    assertThat(world.ask(engine, debit(user, "5")).refusal())
        .isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    WalletAnswer part = world.ask(engine, new Command.Commit(held, new BigDecimal("2"), null));
    assertThat(part.balance()).isEqualByComparingTo("8");
    assertThat(part.available()).isEqualByComparingTo("8");
    assertThat(world.ask(engine, new Command.Commit(held, null, null)).refusal())
        .isEqualTo(Refusal.HOLD_ENDED);

    UUID second =
        world.ask(engine, new Command.Reserve(user, new BigDecimal("8"), "CNY", 60)).operation();
    world.clock.pass(Duration.ofSeconds(61));
    assertThat(engine.reads().balance(user).orElseThrow().available()).isEqualByComparingTo("8");
    assertThat(world.ask(engine, debit(user, "8")).isDone()).isTrue();
    assertThat(world.ask(engine, new Command.Release(second)).refusal())
        .isEqualTo(Refusal.HOLD_ENDED);
    assertThat(world.count("SELECT count(*) FROM billing.holds WHERE state = 'active'")).isZero();
  }

  @Test
  void aUseIsReservedWithItsFreeUnits() {
    UUID user = world.userWith(engine, "1");
    world.ask(engine, new Command.Deduct(user, "payment", 996));
    UUID held = world.ask(engine, new Command.ReserveUse(user, "payment", 6, 60)).operation();

    assertThat(engine.reads().check(user, "payment", 9).isAllowed()).isFalse();
    assertThat(engine.reads().check(user, "payment", 8).isAllowed()).isTrue();
    WalletAnswer part = world.ask(engine, new Command.Commit(held, null, 5L));

    assertThat(part.free()).isEqualTo(4);
    assertThat(part.paid()).isEqualTo(1);
    assertThat(part.balance()).isEqualByComparingTo("0.9");
  }

  @Test
  void aGroupIsAllOrNothing() {
    UUID one = world.userWith(engine, "10");
    UUID two = world.userWith(engine, "1");
    Command.Group fits =
        new Command.Group(
            List.of(
                new Command.Leg(one, new BigDecimal("-4"), "CNY"),
                new Command.Leg(two, new BigDecimal("4"), "CNY")),
            "");
    Command.Group tooMuch =
        new Command.Group(
            List.of(
                new Command.Leg(two, new BigDecimal("4"), "CNY"),
                new Command.Leg(one, new BigDecimal("-7"), "CNY"),
                new Command.Leg(two, new BigDecimal("3"), "CNY")),
            "");

    assertThat(world.ask(engine, fits).entries()).hasSize(2);
    assertThat(world.ask(engine, tooMuch).refusal()).isEqualTo(Refusal.INSUFFICIENT_BALANCE);
    assertThat(balance(one)).isEqualByComparingTo("6");
    assertThat(balance(two)).isEqualByComparingTo("5");
  }

  @Test
  void aReversalTakesMoneyAndUnitsBackOnce() {
    UUID user = world.userWith(engine, "1");
    UUID use = world.ask(engine, new Command.Deduct(user, "payment", 1_002)).operation();

    WalletAnswer back = world.ask(engine, new Command.Reverse(use, "mistake"));

    assertThat(back.balance()).isEqualByComparingTo("1");
    assertThat(world.ask(engine, new Command.Reverse(use, "again")).refusal())
        .isEqualTo(Refusal.ALREADY_REVERSED);
    assertThat(world.ask(engine, new Command.Reverse(back.operation(), "back")).refusal())
        .isEqualTo(Refusal.OPERATION_NOT_FOUND);
    assertThat(engine.reads().check(user, "payment", 1_000).paid()).isZero();
  }

  @Test
  void furtherAccountsKeepOtherUnitsApart() {
    UUID user = world.userWith(engine, "1");
    UUID points = UUID.randomUUID();
    Command setUp =
        new Command.SetUp(
            points, user, "POINTS", "points", BigDecimal.ZERO, null, WalletWorld.none());
    assertThat(world.ask(engine, setUp).balance()).isEqualByComparingTo("0");
    assertThat(world.ask(engine, setUp).isDone()).isTrue();

    world.ask(engine, new Command.Post(points, new BigDecimal("30"), "POINTS", "", true));
    assertThat(world.ask(engine, credit(points, "1")).refusal()).isEqualTo(Refusal.UNIT_DIFFERS);

    assertThat(balance(points)).isEqualByComparingTo("30");
    assertThat(balance(user)).isEqualByComparingTo("1");
    assertThat(world.ledger(points)).isEqualByComparingTo("30");
    assertThat(world.ledger(user)).isEqualByComparingTo("1");
  }

  @Test
  void historyIsOrderedAndEveryBalanceInItIsTheSumSoFar() {
    UUID user = world.userWith(engine, "10");
    for (int i = 1; i <= 20; i++) {
      world.clock.pass(Duration.ofSeconds(1));
      world.ask(engine, i % 3 == 0 ? append(user, "1") : debit(user, "0.1"));
    }
    engine.tending().tend();
    Instant from = Instant.parse("2026-01-01T00:00:00Z");
    Instant until = Instant.parse("2100-01-01T00:00:00Z");
    List<WalletReads.HistoryEntry> all = new ArrayList<>();
    List<WalletReads.HistoryEntry> page = engine.reads().history(user, from, until, null, 4);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = engine.reads().history(user, from, until, page.get(page.size() - 1), 4);
    }

    BigDecimal sum = BigDecimal.ZERO;
    for (WalletReads.HistoryEntry entry : all) {
      sum = sum.add(entry.amount());
      assertThat(entry.balanceAfter()).isEqualByComparingTo(sum);
      assertThat(engine.reads().balanceAt(user, entry.place()).orElseThrow())
          .isEqualByComparingTo(sum);
    }
    assertThat(all).hasSize(21);
    assertThat(sum).isEqualByComparingTo(world.ledger(user));
  }

  @Test
  void aGroupMayBeOfManyUsersThatWereNeverOpened() {
    List<Command.Leg> legs = new ArrayList<>();
    UUID rich = world.userWith(engine, "10");
    legs.add(new Command.Leg(rich, new BigDecimal("-8"), "CNY"));
    for (int i = 0; i < 8; i++) {
      UUID user = world.user();
      world.jdbi.useHandle(
          handle ->
              handle.execute(
                  "INSERT INTO public.account_quota_states (account_uuid, current_balance)"
                      + " VALUES (?, 3)",
                  user));
      legs.add(new Command.Leg(user, BigDecimal.ONE, "CNY"));
    }

    assertThat(world.ask(engine, new Command.Group(legs, "")).isDone()).isTrue();

    assertThat(balance(legs.get(5).account())).isEqualByComparingTo("4");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void whatWaitsForAUserWhoWasNeverOpenedHoldsNobodyUp() {
    UUID never = world.user();
    UUID user = world.userWith(engine, "1");
    world.ask(engine, append(never, "2"));
    world.ask(engine, append(user, "2"));

    engine.tending().takeIn();

    assertThat(engine.tending().takeIn()).isZero();
    assertThat(balance(never)).isEqualByComparingTo("2");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void aPaymentToAUserWhoWasNeverOpenedCounts() {
    UUID user = world.user();
    world.topUp(user, new BigDecimal("0.5"), world.clock.instant());

    assertThat(balance(user)).isEqualByComparingTo("0.5");
    assertThat(engine.reads().check(user, "payment", 1_005).isAllowed()).isTrue();
    assertThat(engine.reads().check(user, "payment", 1_006).isAllowed()).isFalse();
    assertThat(world.ask(engine, debit(user, "0.5")).balance()).isEqualByComparingTo("0");
  }

  @Test
  void aPastBalanceStaysAsItWasToldWhenSomethingOlderIsTakenIn() {
    UUID user = world.userWith(engine, "5");
    Instant before = world.clock.instant();
    world.clock.pass(Duration.ofMinutes(10));
    world.ask(engine, credit(user, "1"));
    Instant between = world.clock.instant().minusSeconds(1);
    world.topUp(user, new BigDecimal("20"), before.plusSeconds(60));

    assertThat(engine.reads().balanceAt(user, between).orElseThrow()).isEqualByComparingTo("5");
    engine.tending().takeIn();
    assertThat(engine.reads().balanceAt(user, between).orElseThrow()).isEqualByComparingTo("5");
    assertThat(balance(user)).isEqualByComparingTo("26");
  }

  @Test
  void aRepeatThatComesBeforeTheFirstIsAppliedHasNoEffectOfItsOwn() {
    UUID user = world.userWith(engine, "10");
    WalletRequest request = world.request(debit(user, "4"));
    List<CompletableFuture<WalletAnswer>> asked = new ArrayList<>();
    world.jdbi.useTransaction(
        handle -> {
          // The lane waits for the account; what is stored meanwhile is applied together.
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          asked.add(engine.wallet().apply(world.request(debit(user, "1"))));
          for (int i = 0; i < 3; i++) {
            asked.add(engine.wallet().apply(request));
            while (engine.wallet().waiting() > 0) {
              Thread.onSpinWait();
            }
            LockSupport.parkNanos(50_000_000);
          }
          assertThat(asked).noneMatch(CompletableFuture::isDone);
        });

    List<WalletAnswer> answers =
        asked.stream().map(one -> one.orTimeout(60, TimeUnit.SECONDS).join()).toList();
    assertThat(answers.subList(1, 4)).containsOnly(answers.get(1));
    assertThat(balance(user)).isEqualByComparingTo("5");
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  @Test
  void whoComesWithTheRightBodyIsAnsweredWhateverComesBesideUnderTheKey() {
    UUID user = world.userWith(engine, "10");
    WalletRequest right = world.request(debit(user, "4"));
    WalletAnswer first = WalletWorld.ask(engine, right);
    WalletRequest wrong = WalletRequest.of("gateway", right.key(), "test", debit(user, "5"), "{}");
    CompletableFuture<WalletAnswer> refused = new CompletableFuture<>();
    CompletableFuture<WalletAnswer> again = new CompletableFuture<>();
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          var first1 = engine.wallet().apply(world.request(debit(user, "1")));
          while (engine.wallet().waiting() > 0) {
            Thread.onSpinWait();
          }
          // The lane waits for the account: these two come into one group.
          CompletableFuture<WalletAnswer> one =
              engine.wallet().apply(wrong).whenComplete((a, e) -> refused.complete(a));
          CompletableFuture<WalletAnswer> two =
              engine.wallet().apply(right).whenComplete((a, e) -> again.complete(a));
          assertThat(one).isNotDone();
          assertThat(two).isNotDone();
          assertThat(first1).isNotDone();
        });

    assertThat(refused.orTimeout(60, TimeUnit.SECONDS).join()).isNull();
    assertThat(again.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(first);
  }

  @Test
  void whatWasDoneAfterTheLocksWereChosenIsNotTakenBackByHalves() {
    UUID one = world.userWith(engine, "10");
    UUID two = world.userWith(engine, "1");
    UUID group =
        world
            .ask(
                engine,
                new Command.Group(
                    List.of(
                        new Command.Leg(one, new BigDecimal("-4"), "CNY"),
                        new Command.Leg(two, new BigDecimal("4"), "CNY")),
                    ""))
            .operation();
    world.jdbi.useTransaction(
        handle -> {
          WalletTurn turn = new WalletTurn(handle, WalletWorld.POLICY, world.clock.instant());
          turn.lock(List.of(one));
          turn.loadPosted(List.of(group));
          WalletAnswer answer =
              new Decider(turn, world.prices.prices(), world.clock.instant())
                  .decide(UUID.randomUUID(), new Command.Reverse(group, ""), world.clock.instant());
          assertThat(answer.refusal()).isEqualTo(Refusal.OPERATION_NOT_FOUND);
          assertThat(turn.books()).allSatisfy(book -> assertThat(book.moreBalance()).isZero());
        });
  }

  @Test
  void aRequestThatCanNotBeAppliedStopsNoOther() {
    UUID user = world.userWith(engine, "10");
    WalletRequest lost = world.request(debit(user, "3"));
    WalletRequest broken = world.request(debit(user, "2"));
    store(broken, "{}");
    store(lost, WalletJson.text(lost.command()));

    assertThatThrownBy(() -> engine.tending().repair()).isInstanceOf(IllegalStateException.class);

    assertThat(balance(user)).isEqualByComparingTo("7");
  }

  private void store(WalletRequest request, String command) {
    world.jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO billing.requests (request_id, caller, idempotency_key, kind, source,
                                              received_at, stored_at, digest, command, body)
                VALUES (?, ?, ?, 'debit', 'test', now(), now() - interval '1 minute', ?, ?, '{}')
                """,
                request.id(),
                request.caller(),
                request.key(),
                WalletRequest.hash(WalletJson.text(request.command())),
                command));
  }

  @Test
  void whatACrashLeftIsAppliedOnce() {
    UUID user = world.userWith(engine, "10");
    WalletRequest lost = world.request(debit(user, "3"));
    store(lost, WalletJson.text(lost.command()));

    assertThat(engine.tending().repair()).isEqualTo(1);
    assertThat(engine.tending().repair()).isZero();
    assertThat(WalletWorld.ask(engine, lost).balance()).isEqualByComparingTo("7");
    assertThat(balance(user)).isEqualByComparingTo("7");
  }

  @Test
  void eachLineThatIsCrossedIsToldOnce() {
    Outbox outbox = new Outbox(List.of());
    WalletPolicy telling =
        WalletWorld.POLICY.telling(
            new ThresholdNotices(
                new Thresholds(20, new BigDecimal("5"), 0), new BigDecimal("10"), outbox));
    WalletEngine teller = world.engine(telling);
    UUID user = world.userWith(teller, "12");

    world.ask(teller, debit(user, "1"));
    world.ask(teller, debit(user, "2"));
    world.ask(teller, debit(user, "1"));
    world.ask(teller, debit(user, "2"));
    world.ask(teller, debit(user, "1"));
    world.ask(teller, new Command.Deduct(user, "asset", 801));
    world.ask(teller, new Command.Deduct(user, "asset", 1));
    world.ask(teller, credit(user, "10"));
    world.ask(teller, debit(user, "6"));

    List<String> told =
        world.jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT kind FROM billing.notices ORDER BY seq")
                    .mapTo(String.class)
                    .list());
    assertThat(told).containsExactly("balance_low", "unusual_rate", "quota_low", "balance_low");
  }
}
