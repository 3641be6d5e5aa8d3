package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.WalletWorld.append;
import static plus.svc.billing.wallet.WalletWorld.credit;
import static plus.svc.billing.wallet.WalletWorld.debit;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import plus.svc.billing.audit.ContinuousAudit;
import plus.svc.billing.pipeline.AuditReport;
import plus.svc.billing.pipeline.rating.PeakHours;

/** Damage of every kind is planted beside operations, and the audit names it and nothing else. */
final class WalletAuditIT {

  private static final WalletWorld HEALTHY = new WalletWorld();
  private static UUID user = new UUID(0, 0);
  private static UUID other = new UUID(0, 0);
  private static UUID points = new UUID(0, 0);

  private WalletWorld world = HEALTHY;

  /** A little of everything, with gaps of time between. */
  @BeforeAll
  static void aHealthyWorld() {
    WalletWorld world = HEALTHY;
    WalletEngine engine = world.engine();
    user = world.userWith(engine, "50");
    other = world.userWith(engine, "5");
    points = UUID.randomUUID();
    world.traffic(user, 100);
    ask(
        engine,
        new Command.SetUp(points, user, "POINTS", "", BigDecimal.ZERO, null, WalletWorld.none()));
    ask(engine, new Command.Post(points, new BigDecimal("30"), "POINTS", "", true));
    ask(engine, new Command.Post(points, new BigDecimal("2"), "POINTS", "", false));
    ask(engine, new Command.Deduct(user, "payment", 995));
    ask(engine, new Command.Deduct(user, "payment", 20));
    ask(engine, append(user, "-3.25"));
    world.topUp(user, new BigDecimal("20"), world.clock.instant());
    ask(engine, debit(user, "1.5"));
    ask(
        engine,
        new Command.Group(
            List.of(
                new Command.Leg(user, new BigDecimal("-4"), "CNY"),
                new Command.Leg(other, new BigDecimal("4"), "CNY")),
            ""));
    UUID taken = ask(engine, debit(user, "2")).operation();
    ask(engine, new Command.Reverse(taken, ""));
    UUID held =
        ask(engine, new Command.Reserve(user, new BigDecimal("6"), "CNY", 3_600)).operation();
    ask(engine, new Command.Commit(held, new BigDecimal("2"), null));
    ask(engine, new Command.Reserve(user, new BigDecimal("3"), "CNY", 3_600));
    ask(engine, new Command.ReserveUse(user, "asset", 7, 3_600));
    ask(engine, new Command.Reserve(points, new BigDecimal("1"), "POINTS", 3_600));
    ask(engine, debit(user, "10000"));
    ask(engine, append(other, "1"));
    engine.close();
  }

  @BeforeEach
  void aCopyOfIt() {
    world = new WalletWorld(HEALTHY);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @AfterAll
  static void drop() {
    HEALTHY.close();
  }

  private static WalletAnswer ask(WalletEngine engine, Command command) {
    HEALTHY.clock.pass(Duration.ofMinutes(4));
    return HEALTHY.ask(engine, command);
  }

  private AuditReport audit() {
    Instant now = world.clock.instant();
    return AuditReport.of(
        world.jdbi, PeakHours.NONE, Set.of(), now.minus(Duration.ofHours(5)), now);
  }

  private List<String> kinds() {
    return audit().findings().stream().map(row -> String.valueOf(row.get("kind"))).toList();
  }

  private void harm(String sql, Object... args) {
    world.jdbi.useTransaction(
        handle -> {
          handle.execute("SET LOCAL session_replication_role = replica");
          handle.execute(sql, args);
        });
  }

  private UUID entry(String where) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT id FROM public.billing_ledger WHERE " + where)
                .mapTo(UUID.class)
                .one());
  }

  private void assertFinds(String kind, String evidence) {
    List<Map<String, @Nullable Object>> findings = audit().findings();
    assertThat(findings)
        .as("%s", findings)
        .anySatisfy(
            row -> {
              assertThat(row.get("kind")).isEqualTo(kind);
              assertThat(String.valueOf(row.get("evidence"))).contains(evidence);
            });
  }

  @Test
  void aHealthyWorldIsClean() {
    assertThat(audit().findings()).isEmpty();
    world.engine().tending().tend();
    assertThat(audit().findings()).isEmpty();
  }

  @Test
  void aChangedAmountIsNamedByItsRow() {
    UUID id = entry("entry_type = 'debit' AND amount_delta = -1.5");
    harm("UPDATE public.billing_ledger SET amount_delta = -1.4 WHERE id = ?", id);
    assertFinds("balance_chain_broken", "ledger row " + id);
    assertThat(kinds())
        .containsExactlyInAnyOrder("balance_chain_broken", "balance_differs", "turnover_differs");
  }

  @Test
  void aChangedAppendedEntryIsNamedToo() {
    UUID id = entry("appended AND amount_delta = -3.25");
    harm("UPDATE public.billing_ledger SET amount_delta = -3 WHERE id = ?", id);
    assertFinds("balance_chain_broken", "ledger row " + id);
  }

  @Test
  void aDeletedEntryIsNamedByItsOperation() {
    UUID id = entry("entry_type = 'debit' AND amount_delta = -1.5");
    UUID operation =
        world.jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT operation_id FROM public.billing_ledger WHERE id = ?")
                    .bind(0, id)
                    .mapTo(UUID.class)
                    .one());
    harm("DELETE FROM public.billing_ledger WHERE id = ?", id);
    assertFinds("operation_differs", "operation " + operation);
    assertThat(kinds())
        .containsExactlyInAnyOrder(
            "balance_chain_broken", "balance_differs", "turnover_differs", "operation_differs");
  }

  @Test
  void aDoubledEntryIsNamedByItsOperation() {
    UUID id = entry("entry_type = 'debit' AND amount_delta = -1.5");
    harm(
        """
        INSERT INTO public.billing_ledger
               (id, account_uuid, bucket_start, bucket_end, entry_type, rated_bytes, amount_delta,
                balance_after, pricing_rule_version, created_at, operation_id)
        SELECT gen_random_uuid(), account_uuid, bucket_start, bucket_end, entry_type, rated_bytes,
               amount_delta, balance_after, pricing_rule_version, created_at, operation_id
          FROM public.billing_ledger WHERE id = ?
        """,
        id);
    assertThat(kinds())
        .contains("operation_differs", "balance_chain_broken", "balance_differs")
        .hasSize(4);
  }

  @Test
  void aMissingOperationIsNamedByItsRows() {
    UUID id = entry("entry_type = 'debit' AND amount_delta = -1.5");
    harm(
        "DELETE FROM billing.operations WHERE request_id ="
            + " (SELECT operation_id FROM public.billing_ledger WHERE id = ?)",
        id);
    assertFinds("operation_differs", "ledger row " + id);
    assertThat(kinds()).containsExactly("operation_differs");
  }

  @Test
  void anOperationWithoutItsRequestIsNamed() {
    UUID id = entry("entry_type = 'debit' AND amount_delta = -1.5");
    harm(
        "DELETE FROM billing.requests WHERE request_id ="
            + " (SELECT operation_id FROM public.billing_ledger WHERE id = ?)",
        id);
    assertFinds("operation_differs", "its request is gone");
    assertThat(kinds()).contains("operation_differs", "turnover_differs").hasSize(3);
  }

  @Test
  void aRequestThatNothingBecameOfIsNamed() {
    WalletRequest lost = world.request(debit(user, "3"));
    String insert =
        """
        INSERT INTO billing.requests (request_id, caller, idempotency_key, kind, source,
                                      received_at, stored_at, digest, command, body)
        VALUES (?, 'gateway', ?, 'debit', 'test', now(), clock_timestamp() - ?::interval, ?, ?,
                '{}')
        """;
    harm(insert, lost.id(), lost.key(), "1 minute", lost.id(), "{}");
    assertThat(audit().findings()).as("it may be applied still").isEmpty();
    WalletRequest older = world.request(debit(user, "3"));
    harm(insert, older.id(), older.key(), "11 minutes", older.id(), "{}");
    assertFinds("request_unapplied", "request " + older.id());
    assertThat(kinds()).containsExactly("request_unapplied");
  }

  @Test
  void aDriftedBalanceIsFound() {
    harm(
        "UPDATE public.account_quota_states SET exact_balance = exact_balance + 1,"
            + " current_balance = current_balance + 1 WHERE account_uuid = ?",
        user);
    assertThat(kinds()).containsExactly("balance_differs");
  }

  @Test
  void aDriftedFurtherBalanceIsFound() {
    harm("UPDATE billing.accounts SET balance = balance - 1 WHERE account_id = ?", points);
    assertFinds("balance_differs", "further account " + points);
    assertThat(kinds()).containsExactly("balance_differs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE public.account_quota_states SET held = held + 1 WHERE held > 0",
        "UPDATE public.account_quota_states SET open_holds = open_holds + 1 WHERE held > 0",
        "UPDATE billing.accounts SET held = 0 WHERE held > 0",
        "DELETE FROM billing.holds WHERE state = 'active' AND amount = 3"
      })
  void driftedHoldsAreFound(String damage) {
    harm(damage);
    assertThat(kinds()).containsExactly("held_differs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE billing.past_quotas SET used = used - 1 WHERE meter = 'payment'",
        "UPDATE billing.past_quotas SET charged = charged + 1 WHERE meter = 'payment'",
        "UPDATE billing.past_quotas SET held = 0 WHERE meter = 'asset'",
        "DELETE FROM billing.past_quotas WHERE meter = 'payment'"
      })
  void aDriftedQuotaOfAServiceIsFound(String damage) {
    harm(damage);
    assertThat(kinds()).containsExactly("quota_differs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE billing.turnover SET debit = debit + 1 WHERE kind = 'usage_charge'",
        "UPDATE billing.turnover SET units = 1 WHERE kind = 'usage_charge'",
        "DELETE FROM billing.turnover WHERE kind = 'topup'",
        "INSERT INTO billing.turnover SELECT account_id, quarter - interval '15 minutes', kind,"
            + " meter, caller, entries, units, credit, debit FROM billing.turnover"
            + " WHERE kind = 'topup'"
      })
  void forgedTurnoverIsFound(String damage) {
    harm(damage);
    assertThat(kinds()).containsExactly("turnover_differs");
  }

  @Test
  void aChangedPlaceIsFound() {
    harm(
        "UPDATE billing.bookings SET booked_at = booked_at + interval '1 hour'"
            + " WHERE ledger_id = ?",
        entry("appended AND amount_delta = -3.25"));
    assertThat(kinds()).contains("balance_chain_broken");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"requests", "operations", "refusals", "service_prices", "recharge_events"})
  void aMissingGuardIsFound(String table) {
    world.jdbi.useHandle(
        handle -> handle.execute("ALTER TABLE billing." + table + " DISABLE TRIGGER USER"));
    assertThat(kinds()).containsExactly("guard_gone", "guard_gone");
  }

  @Test
  void theContinuousAuditFindsItToo() {
    ContinuousAudit audit =
        new ContinuousAudit(world.jdbi, PeakHours.NONE, Duration.ofHours(24), world.clock);
    audit.turn();
    assertThat(audit.standing().findings()).isZero();
    harm("UPDATE billing.turnover SET debit = debit + 1 WHERE kind = 'usage_charge'");
    audit.turn();
    assertThat(audit.standing().firstFinding()).startsWith("turnover_differs of account " + user);
    harm("UPDATE billing.turnover SET debit = debit - 1 WHERE kind = 'usage_charge'");
    audit.turn();
    assertThat(audit.standing().findings()).isZero();
  }

  @Test
  void whileOperationsRunThereIsNoFalseAlarm() {
    WalletEngine engine = world.engine();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> work =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !over.get(); i++) {
                List<CompletableFuture<WalletAnswer>> some = new ArrayList<>();
                some.add(engine.wallet().apply(world.request(credit(user, "0.1"))));
                some.add(engine.wallet().apply(world.request(append(other, "0.1"))));
                some.add(
                    engine.wallet().apply(world.request(new Command.Deduct(user, "asset", 1))));
                some.forEach(CompletableFuture::join);
                if (i % 5 == 0) {
                  world.topUp(user, BigDecimal.ONE, world.clock.instant());
                  engine.tending().tend();
                }
              }
            });
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(audit().findings()).isEmpty();
      }
    } finally {
      over.set(true);
    }
    work.join();
  }
}
