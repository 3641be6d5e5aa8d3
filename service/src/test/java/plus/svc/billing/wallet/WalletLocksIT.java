package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.WalletWorld.append;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom on an account: appended postings for nobody, groups never in a circle. */
final class WalletLocksIT {

  private static final String POINTS = "POINTS";

  private final WalletWorld world = new WalletWorld();
  private final List<WalletEngine> engines = List.of(world.engine(), world.engine());

  @AfterEach
  void close() {
    world.close();
  }

  private static WalletAnswer join(CompletableFuture<WalletAnswer> answer) {
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** Another session keeps the rows of a main and of a further account all the while. */
  @Test
  void f2PostingsOfManyAtOnceNeedNoAccountsRow() {
    WalletEngine engine = engines.get(0);
    UUID user = world.userWith(engine, "5");
    UUID points = UUID.randomUUID();
    world.ask(
        engine,
        new Command.SetUp(points, user, POINTS, "", BigDecimal.ZERO, null, WalletWorld.none()));
    List<CompletableFuture<WalletAnswer>> all = new ArrayList<>();
    world.jdbi.useTransaction(
        handle -> {
          handle.execute(
              "SELECT 1 FROM public.account_quota_states WHERE account_uuid = ? FOR UPDATE", user);
          handle.execute("SELECT 1 FROM billing.accounts WHERE account_id = ? FOR UPDATE", points);
          for (int i = 0; i < 100; i++) {
            Command posting =
                i % 2 == 0
                    ? append(user, i % 4 == 0 ? "0.3" : "-0.1")
                    : new Command.Post(points, BigDecimal.ONE, POINTS, "", false);
            all.add(engines.get(i / 2 % 2).wallet().apply(world.request(posting)));
          }
          assertThat(all.stream().map(WalletLocksIT::join)).allMatch(WalletAnswer::isDone);
          assertThat(engine.reads().balance(user).orElseThrow().balance())
              .isEqualByComparingTo("10");
          assertThat(engine.reads().balance(points).orElseThrow().balance())
              .isEqualByComparingTo("50");
        });
    while (engine.tending().takeIn() > 0) {
      engines.get(1).tending().takeIn();
    }
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
  }

  /**
   * Transfers both ways between the same accounts by two instances, while their sessions are ended
   * at any point: each is there whole or not at all, and no deadlock is ever broken up.
   */
  @Test
  void f6a12OppositeTransfersNeverDeadlockAndAreWholeThoughSessionsEnd() {
    List<UUID> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      users.add(world.userWith(engines.get(0), "100"));
    }
    long deadlocks = WalletFacts.deadlocks(world.jdbi);
    Random random = new Random(6);
    List<WalletRequest> asked = new ArrayList<>();
    List<CompletableFuture<WalletAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(4);
      int to = (from + 1 + random.nextInt(3)) % 4;
      WalletRequest request = world.request(transfer(users.get(from), users.get(to)));
      asked.add(request);
      answers.add(engines.get(i % 2).wallet().apply(request));
      if (i % 50 == 49) {
        endSessions();
      }
    }
    answers.forEach(answer -> answer.handle((done, failure) -> done).join());
    // Whoever got no answer asks again: what was cut is done now, the rest is not done twice.
    List<CompletableFuture<WalletAnswer>> again =
        asked.stream().map(engines.get(0).wallet()::apply).toList();
    assertThat(again.stream().map(WalletLocksIT::join)).allMatch(WalletAnswer::isDone);

    BigDecimal sum = BigDecimal.ZERO;
    for (UUID user : users) {
      sum = sum.add(engines.get(1).reads().balance(user).orElseThrow().balance());
    }
    assertThat(sum).isEqualByComparingTo("400");
    assertThat(
            world.count(
                """
                SELECT count(*) FROM (
                    SELECT l.operation_id FROM public.billing_ledger l
                      JOIN billing.requests r ON r.request_id = l.operation_id AND r.kind = 'group'
                     GROUP BY l.operation_id
                    HAVING count(*) = 2 AND sum(l.amount_delta) = 0) AS whole
                """))
        .isEqualTo(asked.size());
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
    engines.forEach(WalletEngine::close);
    assertThat(WalletFacts.deadlocks(world.jdbi)).isEqualTo(deadlocks);
  }

  private static Command transfer(UUID from, UUID to) {
    return new Command.Group(
        List.of(
            new Command.Leg(from, new BigDecimal("-0.01"), "CNY"),
            new Command.Leg(to, new BigDecimal("0.01"), "CNY")),
        "");
  }

  private void endSessions() {
    long unused =
        world.count(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }
}
