package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.AuditReport;
import plus.svc.billing.pipeline.rating.PeakHours;

/**
 * The laws of the wallet on generated plays of everything that can happen to accounts: one step
 * after the other it does what the model says, answer by answer; all at once, by many callers and
 * instances, every sum is right in the end, whatever the order was. A failure prints its seed.
 */
class WalletLawsIT {

  private static final Map<String, ServicePriceBook.Terms> SERVICES =
      Map.of(
          "payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 12),
          "asset", new ServicePriceBook.Terms(new BigDecimal("0.005"), 5));
  private static final int INSTANCES = 3;
  private static final int CALLERS = 6;

  private static @Nullable WalletWorld world;
  private static final List<WalletEngine> ENGINES = new ArrayList<>();

  @BeforeContainer
  static void start() {
    WalletWorld made = new WalletWorld(SERVICES);
    for (int i = 0; i < INSTANCES; i++) {
      ENGINES.add(made.engine());
    }
    world = made;
  }

  @AfterContainer
  static void stop() {
    if (world != null) {
      world.close();
    }
    ENGINES.clear();
  }

  private static WalletWorld world() {
    if (world == null) {
      throw new IllegalStateException("it has not begun");
    }
    return world;
  }

  @Provide
  Arbitrary<List<WalletStep>> aPlay() {
    return WalletStep.steps().list().ofMinSize(1).ofMaxSize(60);
  }

  @Provide
  Arbitrary<List<WalletStep>> aBusyPlay() {
    return WalletStep.steps().list().ofSize(250);
  }

  // One after the other ------------------------------------------------------------------------

  @Property(tries = 8)
  void oneAfterTheOtherItDoesWhatTheModelSays(
      @ForAll("aPlay") List<WalletStep> steps, @ForAll Random random) {
    WalletPlay play = new WalletPlay(world(), ENGINES);
    WalletModel model = new WalletModel(SERVICES);
    play.users.forEach(model::user);
    for (Command command : play.beginning()) {
      ask(play, model, new WalletStep(WalletStep.Act.CREDIT, 0, 0, 0, 0, 0), command);
    }
    for (WalletStep step : steps) {
      Optional<Command> command = play.command(step);
      if (command.isPresent()) {
        ask(play, model, step, command.get());
      } else if (step.act() == WalletStep.Act.REPEAT) {
        play.asked(step).ifPresent(asked -> assertRepeats(play, step, asked));
      } else if (step.act() == WalletStep.Act.OTHER_BODY) {
        play.asked(step).ifPresent(asked -> assertOtherBodyIsRefused(play, step, asked));
      } else {
        play.happen(step).ifPresent(moved -> model.move(moved.account(), moved.amount()));
      }
      assertBalances(play, model, step);
    }
    play.tendToTheEnd();
    assertLaws(play, random);
    for (UUID account : accounts(play)) {
      assertThat(world().ledger(account)).isEqualByComparingTo(model.balance(account));
    }
  }

  private static void ask(WalletPlay play, WalletModel model, WalletStep step, Command command) {
    Instant now = world().clock.instant();
    WalletRequest request = world().request(command);
    WalletReads.@Nullable Check check =
        command instanceof Command.Deduct deduct
            ? play.engine(step).reads().check(deduct.account(), deduct.service(), deduct.count())
            : null;
    WalletAnswer answer = play.ask(step, request).answer().join();
    WalletModel.Told told = model.apply(request.id(), command, now);
    assertThat(answer.refusal()).as("refusal of %s", command).isEqualTo(told.refusal());
    if (told.balance() != null) {
      assertThat(answer.balance())
          .as("balance after %s", command)
          .isEqualByComparingTo(told.balance());
      assertThat(answer.available()).as("left of it").isEqualByComparingTo(told.available());
    }
    if (told.free() != null) {
      assertThat(answer.free()).as("free units of %s", command).isEqualTo(told.free());
      assertThat(answer.paid()).as("paid units of %s", command).isEqualTo(told.paid());
    }
    if (check != null) {
      assertThat(check.isAllowed()).as("check of %s", command).isEqualTo(answer.isDone());
      if (told.free() != null) {
        assertThat(check.free()).isEqualTo(told.free());
      }
    }
  }

  private static void assertRepeats(WalletPlay play, WalletStep step, WalletPlay.Asked asked) {
    WalletAnswer again =
        play.engine(step).wallet().apply(asked.request()).orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(again).isEqualTo(asked.answer().join());
  }

  private static WalletRequest withOtherBody(WalletPlay play, WalletRequest request) {
    Command other = new Command.Deduct(play.users.get(0), "payment", 999_999);
    return WalletRequest.of(request.caller(), request.key(), "test", other, "{}");
  }

  private static void assertOtherBodyIsRefused(
      WalletPlay play, WalletStep step, WalletPlay.Asked asked) {
    CompletableFuture<WalletAnswer> answer =
        play.engine(step)
            .wallet()
            .apply(withOtherBody(play, asked.request()))
            .orTimeout(60, TimeUnit.SECONDS);
    assertThat(WalletPlay.failureOf(answer)).isInstanceOf(Wallet.KeyTaken.class);
  }

  private static void assertBalances(WalletPlay play, WalletModel model, WalletStep step) {
    Instant now = world().clock.instant();
    for (UUID account : accounts(play)) {
      WalletReads.Standing standing = play.engine(step).reads().balance(account).orElseThrow();
      assertThat(standing.balance())
          .as("after %s", step)
          .isEqualByComparingTo(model.balance(account));
      assertThat(standing.available())
          .as("left after %s", step)
          .isEqualByComparingTo(model.available(account, now));
    }
  }

  // All at once ----------------------------------------------------------------------------------

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void allAtOnceEverySumIsRight(@ForAll("aBusyPlay") List<WalletStep> steps, @ForAll Random random)
      throws Exception {
    WalletPlay play = new WalletPlay(world(), ENGINES.subList(0, 1 + random.nextInt(INSTANCES)));
    WalletStep first = new WalletStep(WalletStep.Act.CREDIT, 0, 0, 0, 0, 0);
    for (Command command : play.beginning()) {
      WalletAnswer unused = play.ask(first, world().request(command)).answer().join();
    }
    long deadlocks = WalletFacts.deadlocks(world().jdbi);
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    List<Future<?>> running = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int number = caller;
      running.add(callers.submit(() -> playPart(play, steps, number)));
    }
    for (Future<?> one : running) {
      one.get(120, TimeUnit.SECONDS);
    }
    callers.shutdown();
    for (WalletPlay.Asked asked : play.all()) {
      @Nullable Throwable failure = WalletPlay.failureOf(asked.answer());
      if (failure != null) {
        fail("no answer to " + asked.request(), failure);
      }
    }
    play.tendToTheEnd();
    assertThat(play.engines.get(0).tending().repair()).isZero();
    assertLaws(play, random);
    assertThat(WalletFacts.deadlocks(world().jdbi)).isEqualTo(deadlocks);
  }

  private static void playPart(WalletPlay play, List<WalletStep> steps, int caller) {
    List<CompletableFuture<?>> open = new ArrayList<>();
    for (int i = caller; i < steps.size(); i += CALLERS) {
      WalletStep step = steps.get(i);
      Optional<Command> command = play.command(step);
      if (command.isPresent()) {
        open.add(play.ask(step, world().request(command.get())).answer());
      } else if (step.act() == WalletStep.Act.REPEAT) {
        play.asked(step).ifPresent(asked -> open.add(repeat(play, step, asked)));
      } else if (step.act() == WalletStep.Act.OTHER_BODY) {
        play.asked(step).ifPresent(asked -> assertOtherBodyIsRefusedOnceThere(play, step, asked));
      } else {
        var unused = play.happen(step);
      }
      if (open.size() >= 1 + step.pick()) {
        CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new)).join();
        open.clear();
      }
    }
    CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new)).join();
  }

  private static CompletableFuture<?> repeat(
      WalletPlay play, WalletStep step, WalletPlay.Asked asked) {
    return play.engine(step)
        .wallet()
        .apply(asked.request())
        .orTimeout(60, TimeUnit.SECONDS)
        .thenCombine(
            asked.answer(),
            (again, answer) -> {
              assertThat(again).isEqualTo(answer);
              return again;
            });
  }

  private static void assertOtherBodyIsRefusedOnceThere(
      WalletPlay play, WalletStep step, WalletPlay.Asked asked) {
    WalletAnswer unused = asked.answer().join();
    assertOtherBodyIsRefused(play, step, asked);
  }

  // Of both --------------------------------------------------------------------------------------

  private static List<UUID> accounts(WalletPlay play) {
    List<UUID> accounts = new ArrayList<>(play.users);
    accounts.addAll(play.points);
    return accounts;
  }

  /** The audit, which shares no statement with the rules, comes to the same. */
  private static List<Map<String, @Nullable Object>> audit() {
    Instant now = world().clock.instant();
    return AuditReport.of(
            world().jdbi, PeakHours.NONE, Set.of(), now.minus(Duration.ofHours(1)), now)
        .damage();
  }

  private static void assertLaws(WalletPlay play, Random random) {
    assertThat(WalletFacts.violations(world().jdbi)).isEmpty();
    assertThat(audit()).isEmpty();
    for (UUID account : accounts(play)) {
      WalletFacts.assertHistory(world(), play.engines.get(0).reads(), account, random);
    }
    for (WalletPlay.Asked asked : play.all()) {
      WalletAnswer answer = asked.answer().join();
      assertThat(world().answer(asked.request().id())).isEqualTo(answer);
    }
  }
}
