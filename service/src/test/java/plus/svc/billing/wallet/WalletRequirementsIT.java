package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static plus.svc.billing.wallet.WalletWorld.append;
import static plus.svc.billing.wallet.WalletWorld.credit;
import static plus.svc.billing.wallet.WalletWorld.debit;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requirements that no other test holds whole, by their number. */
final class WalletRequirementsIT {

  private static final Instant EVER = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant ALWAYS = Instant.parse("2100-01-01T00:00:00Z");

  private final WalletWorld world = new WalletWorld();
  private final WalletEngine engine = world.engine();

  @AfterEach
  void close() {
    world.close();
  }

  private static Command setUp(UUID account, UUID owner, String name) {
    return new Command.SetUp(
        account, owner, "POINTS", name, BigDecimal.ZERO, null, WalletWorld.none());
  }

  @Test
  void f1AnAccountIsSetUpOnceAndOtherAttributesAreAConflict() {
    UUID user = world.user();
    UUID points = UUID.randomUUID();
    WalletRequest request = world.request(setUp(points, user, "points"));

    WalletAnswer made = WalletWorld.ask(engine, request);
    WalletAnswer again = WalletWorld.ask(world.engine(), request);

    assertThat(again).isEqualTo(made);
    assertThat(made.balance()).isEqualByComparingTo("0");
    assertThat(engine.reads().history(points, EVER, ALWAYS, null, 10)).isEmpty();
    assertThat(world.ask(engine, setUp(points, user, "points")).isDone()).isTrue();
    assertThat(world.ask(engine, setUp(points, world.user(), "points")).refusal())
        .isEqualTo(Refusal.ACCOUNT_EXISTS);
    assertThat(world.ask(engine, setUp(points, user, "other")).refusal())
        .isEqualTo(Refusal.ACCOUNT_EXISTS);
    assertThat(world.count("SELECT count(*) FROM billing.accounts")).isOne();
  }

  /** Pages are read while others post, with and without the account's lock. */
  @Test
  void f4PagesHaveEveryEntryOnceWhilePostingsGoOn() {
    UUID user = world.userWith(engine, "10");
    CompletableFuture<Void> posting =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 40; i++) {
                world.ask(engine, i % 5 == 0 ? append(user, "0.2") : debit(user, "0.1"));
              }
              engine.tending().tend();
            });
    List<WalletReads.HistoryEntry> all = new ArrayList<>();
    List<WalletReads.HistoryEntry> page = List.of();
    boolean isOver = false;
    while (!isOver || !page.isEmpty()) {
      isOver = posting.isDone();
      page =
          engine
              .reads()
              .history(user, EVER, ALWAYS, all.isEmpty() ? null : all.get(all.size() - 1), 4);
      all.addAll(page);
    }
    posting.orTimeout(60, TimeUnit.SECONDS).join();

    assertThat(all.stream().map(WalletReads.HistoryEntry::id))
        .containsExactlyInAnyOrderElementsOf(world.ledgerIds(user));
    BigDecimal sum = BigDecimal.ZERO;
    for (WalletReads.HistoryEntry entry : all) {
      sum = sum.add(entry.amount());
      assertThat(entry.balanceAfter()).isEqualByComparingTo(sum);
    }
    // From the first instant on, up to and without the last one.
    List<WalletReads.HistoryEntry> period =
        engine.reads().history(user, all.get(3).place(), all.get(9).place(), null, 100);
    assertThat(period).isEqualTo(all.subList(3, 9));
    BigDecimal before = at(user, all.get(3).place());
    assertThat(
            period.stream()
                .map(WalletReads.HistoryEntry::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add))
        .isEqualByComparingTo(at(user, all.get(9).place()).subtract(before));
  }

  /** The balance just before an instant. */
  private BigDecimal at(UUID user, Instant instant) {
    return engine.reads().balanceAt(user, instant.minus(1, ChronoUnit.MICROS)).orElseThrow();
  }

  @Test
  void f5AndF11EveryOperationHasItsRequestAndARefusedOneItsReason() {
    UUID user = world.userWith(engine, "10");
    UUID friend = world.user();
    WalletRequest moved =
        WalletRequest.of(
            "gateway",
            "rent",
            "http 10.0.0.1",
            new Command.Group(
                List.of(
                    new Command.Leg(user, new BigDecimal("-4"), "CNY"),
                    new Command.Leg(friend, new BigDecimal("4"), "CNY")),
                ""),
            "{\"as\": \"it came\"}");
    WalletAnswer done = WalletWorld.ask(engine, moved);
    UUID refused = world.ask(engine, debit(friend, "5")).operation();

    assertThat(told("request_id", moved.id()))
        .containsExactlyInAnyOrder(
            "gateway http 10.0.0.1 {\"as\": \"it came\"} applied  " + done.entries().get(0),
            "gateway http 10.0.0.1 {\"as\": \"it came\"} applied  " + done.entries().get(1));
    assertThat(told("ledger_id", done.entries().get(1)))
        .containsExactly(
            "gateway http 10.0.0.1 {\"as\": \"it came\"} applied  " + done.entries().get(1));
    assertThat(told("request_id", refused))
        .containsExactly("gateway test {} rejected INSUFFICIENT_BALANCE none");
    assertThat(
            world.count(
                "SELECT count(*) FROM public.billing_ledger l WHERE operation_id IS NOT NULL"
                    + " AND NOT EXISTS (SELECT FROM billing.requests r"
                    + " WHERE r.request_id = l.operation_id)"))
        .isZero();
    assertThatThrownBy(
            () ->
                world.jdbi.useHandle(
                    handle ->
                        handle.execute(
                            "INSERT INTO billing.operations (request_id, status, answer, applied_at)"
                                + " VALUES (gen_random_uuid(), 'applied', '{}', now())")))
        .hasMessageContaining("foreign key");
  }

  private List<String> told(String by, UUID id) {
    return world.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT caller || ' ' || source || ' ' || body || ' ' || status || ' ' || reason"
                        + " || ' ' || coalesce(ledger_id::text, 'none')"
                        + " FROM billing.operation_entries WHERE <by> = :id")
                .define("by", by)
                .bind("id", id)
                .mapTo(String.class)
                .list());
  }

  /** The bulk's account is kept by somebody: all of it waits, and nobody waits for it. */
  @Test
  void a11SingleOnesOvertakeABulkThatWaitsAndItIsDoneInTheEnd() {
    UUID slow = world.userWith(engine, "0.01");
    List<UUID> quick = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      quick.add(world.userWith(engine, "5"));
    }
    List<CompletableFuture<WalletAnswer>> bulk = new ArrayList<>();
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", slow);
          for (int i = 0; i < 1_000; i++) {
            bulk.add(engine.wallet().applyInBulk(world.request(credit(slow, "0.01"))));
          }
          for (UUID user : quick) {
            assertThat(world.ask(engine, debit(user, "0.1")).isDone()).isTrue();
            assertThat(world.ask(engine, append(user, "0.1")).isDone()).isTrue();
          }
          assertThat(bulk).noneMatch(CompletableFuture::isDone);
        });
    assertThat(bulk.stream().map(one -> one.orTimeout(60, TimeUnit.SECONDS).join()))
        .allMatch(WalletAnswer::isDone);
    assertThat(engine.reads().balance(slow).orElseThrow().balance()).isEqualByComparingTo("10.01");
  }
}
