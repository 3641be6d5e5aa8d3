package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.wallet.WalletWorld.append;
import static plus.svc.billing.wallet.WalletWorld.debit;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import plus.svc.billing.pipeline.FailingSource;
import plus.svc.billing.pipeline.Pipeline;
import plus.svc.billing.pipeline.PipelineSettings;
import plus.svc.billing.pipeline.PipelineWatch;
import plus.svc.billing.pipeline.TableDigests;
import plus.svc.billing.platform.BillingJdbiPlugin;

/**
 * Every single statement of the wallet's transactions fails once: nothing but the stored requests
 * may be left of the transaction, and the next try does all of it, once.
 */
final class WalletFailedStatementIT {

  private final WalletWorld world = new WalletWorld();
  private final WalletEngine engine = world.engine();
  private final FailingSource source = new FailingSource(world.database.dataSource());
  private final WalletBatch batch = batch();
  private final UUID user = world.userWith(engine, "1000");
  private final UUID other = world.userWith(engine, "5");

  @AfterEach
  void close() {
    world.close();
  }

  private WalletBatch batch() {
    Jdbi jdbi = Jdbi.create(source).installPlugin(new BillingJdbiPlugin());
    Pipeline pipeline =
        new Pipeline(
            jdbi,
            new PipelineSettings(WalletWorld.RATING, "", "test", false),
            world.clock,
            PipelineWatch.NONE);
    return new WalletBatch(
        jdbi,
        WalletWorld.POLICY,
        world.prices::prices,
        pipeline::open,
        pipeline::settleStandings,
        world.clock);
  }

  /** Something of everything, with things to be taken in, an account to be opened, and arrears. */
  private List<WalletRequest> requests() {
    UUID kept =
        world.ask(engine, new Command.Reserve(user, BigDecimal.ONE, "CNY", 600)).operation();
    UUID spent = world.ask(engine, debit(user, "2")).operation();
    UUID below = world.userWith(engine, "1");
    world.ask(engine, new Command.ReserveUse(user, "asset", 2, 1));
    world.clock.pass(Duration.ofSeconds(5));
    world.ask(engine, append(below, "-3"));
    UUID further = UUID.randomUUID();
    List<Command> commands = new ArrayList<>();
    commands.add(append(user, "0.5"));
    commands.add(new Command.Deduct(user, "payment", 600));
    commands.add(new Command.Reserve(user, BigDecimal.TEN, "CNY", 600));
    commands.add(new Command.Commit(kept, null, null));
    commands.add(new Command.Reverse(spent, ""));
    commands.add(
        new Command.Group(
            List.of(
                new Command.Leg(user, new BigDecimal("-4"), "CNY"),
                new Command.Leg(below, BigDecimal.ONE, "CNY"),
                new Command.Leg(other, new BigDecimal("3"), "CNY")),
            ""));
    commands.add(
        new Command.SetUp(
            further, world.user(), "POINTS", "", BigDecimal.ZERO, null, WalletWorld.none()));
    commands.add(debit(user, "100000"));
    return commands.stream().map(world::request).toList();
  }

  private Set<Refusal> apply(List<WalletRequest> requests) {
    WalletBatch.Stored stored = batch.store(requests);
    List<WalletAnswer> answers = new ArrayList<>(stored.answers().values());
    List<WalletBatch.Pending> appended =
        stored.pending().stream().filter(one -> one.command().isAppended()).toList();
    List<WalletBatch.Pending> locked =
        stored.pending().stream().filter(one -> !one.command().isAppended()).toList();
    if (!appended.isEmpty()) {
      answers.addAll(batch.append(appended).values());
    }
    if (!locked.isEmpty()) {
      answers.addAll(batch.apply(locked).values());
    }
    Set<Refusal> refusals = new TreeSet<>();
    answers.stream().map(WalletAnswer::refusal).filter(r -> r != null).forEach(refusals::add);
    assertThat(answers).hasSize(requests.size());
    return refusals;
  }

  @ParameterizedTest
  @EnumSource(FailingSource.Moment.class)
  void whicheverStatementFailsTheNextTryDoesAllOfItOnce(FailingSource.Moment moment) {
    int statement = 0;
    boolean failed = true;
    while (failed) {
      List<WalletRequest> requests = requests();
      Map<String, String> before = digests();
      source.failAt(++statement, moment);
      failed = fails(requests);
      String last = source.last();
      source.failAt(0, moment);
      if (failed && moment == FailingSource.Moment.BEFORE && !last.contains("COMMIT")) {
        assertThat(lockedTables(before)).as("after a failure at %d: %s", statement, last).isEmpty();
      }
      // The first answers, or those of a try that was done and whose answers were lost.
      assertThat(apply(requests)).containsExactly(Refusal.INSUFFICIENT_BALANCE);
      assertThat(apply(requests)).containsExactly(Refusal.INSUFFICIENT_BALANCE);
    }
    assertThat(statement).isGreaterThan(25);
    while (engine.tending().takeIn() > 0) {
      assertThat(engine.tending().repair()).isZero();
    }
    assertThat(WalletFacts.violations(world.jdbi)).isEmpty();
    assertThat(world.count("SELECT count(*) FROM billing.requests"))
        .isEqualTo(world.count("SELECT count(*) FROM billing.operations"));
  }

  private boolean fails(List<WalletRequest> requests) {
    try {
      apply(requests);
      return false;
    } catch (RuntimeException e) {
      assertThat(e).hasStackTraceContaining("injected");
      return true;
    }
  }

  private Map<String, String> digests() {
    return TableDigests.of(world.jdbi);
  }

  /** Steps before may have been committed: requests, unconditional postings, an opened account. */
  private List<String> lockedTables(Map<String, String> before) {
    return TableDigests.changes(before, digests()).stream()
        .map(Object::toString)
        .filter(change -> change.contains("holds") || change.contains("past_quotas"))
        .toList();
  }
}
