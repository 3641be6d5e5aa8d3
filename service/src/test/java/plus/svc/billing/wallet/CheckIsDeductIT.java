package plus.svc.billing.wallet;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * A check says what the deduction right after it does: on main and further accounts, of the
 * wallet's unit and another, with overdraft, holds, free units that run out, and on what is not
 * there at all.
 */
class CheckIsDeductIT {

  private static final Map<String, ServicePriceBook.Terms> SERVICES =
      Map.of(
          "payment", new ServicePriceBook.Terms(new BigDecimal("0.10"), 3),
          "asset", new ServicePriceBook.Terms(new BigDecimal("0.005"), 2),
          "gift", new ServicePriceBook.Terms(BigDecimal.ZERO, 0));
  private static final String[] NAMES = {"payment", "asset", "gift", "carpets"};

  private static @Nullable WalletWorld world;
  private static @Nullable WalletEngine engine;

  @BeforeContainer
  static void start() {
    world = new WalletWorld(SERVICES);
    engine = world.engine();
  }

  @AfterContainer
  static void stop() {
    if (world != null) {
      world.close();
    }
  }

  /** What happens to an account. */
  enum Act {
    CREDIT,
    DEBIT,
    APPEND,
    RESERVE,
    RESERVE_USE,
    TOP_UP,
    TRAFFIC,
    PASS_TIME,
    DEDUCT,
    DEDUCT_MANY
  }

  /** One thing that happens. */
  record Step(Act act, int account, int amount, int service) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Act.class),
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(1, 120),
            Arbitraries.integers().between(0, 3))
        .as(Step::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(45);
  }

  @Property(tries = 6)
  void aCheckSaysWhatTheDeductionDoes(@ForAll("steps") List<Step> steps) {
    List<UUID> accounts = accounts();
    for (Step step : steps) {
      UUID account = accounts.get(step.account());
      if (step.act() == Act.DEDUCT || step.act() == Act.DEDUCT_MANY) {
        int count = step.act() == Act.DEDUCT ? 1 + step.amount() % 9 : step.amount();
        assertSame(new Command.Deduct(account, NAMES[step.service()], count), step);
      } else {
        happen(step, account);
      }
    }
  }

  private static WalletWorld world() {
    return java.util.Objects.requireNonNull(world);
  }

  private static WalletEngine engine() {
    return java.util.Objects.requireNonNull(engine);
  }

  /**
   * A main account, one with an overdraft, one that was never used; further ones in the wallet's
   * unit with and without overdraft, and in another; one that is not there.
   */
  private static List<UUID> accounts() {
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      accounts.add(world().user());
    }
    UUID owner = accounts.get(0);
    setUp(accounts.get(1), accounts.get(1), "CNY", "0.7");
    accounts.add(setUp(UUID.randomUUID(), owner, "CNY", "0"));
    accounts.add(setUp(UUID.randomUUID(), owner, "CNY", "0.35"));
    for (UUID further : accounts.subList(3, 5)) {
      world().ask(engine(), WalletWorld.credit(further, "6"));
    }
    accounts.add(setUp(UUID.randomUUID(), owner, "POINTS", "100"));
    accounts.add(UUID.randomUUID());
    return accounts;
  }

  private static UUID setUp(UUID account, UUID owner, String unit, String overdraft) {
    world()
        .ask(
            engine(),
            new Command.SetUp(
                account, owner, unit, "", new BigDecimal(overdraft), null, WalletWorld.none()));
    return account;
  }

  private static void happen(Step step, UUID account) {
    BigDecimal amount = BigDecimal.valueOf(step.amount(), step.act() == Act.CREDIT ? 1 : 2);
    String unit = step.account() == 5 ? "POINTS" : "CNY";
    switch (step.act()) {
      case CREDIT -> world().ask(engine(), new Command.Post(account, amount, unit, "", true));
      case DEBIT ->
          world().ask(engine(), new Command.Post(account, amount.negate(), unit, "", true));
      case APPEND ->
          world()
              .ask(
                  engine(),
                  new Command.Post(
                      account, step.service() == 0 ? amount.negate() : amount, unit, "", false));
      case RESERVE ->
          world().ask(engine(), new Command.Reserve(account, amount, unit, step.amount()));
      case RESERVE_USE ->
          world()
              .ask(
                  engine(),
                  new Command.ReserveUse(
                      account, NAMES[step.service()], 1 + step.amount() % 9, step.amount()));
      case TOP_UP -> {
        if (step.account() < 3) {
          world().topUp(account, amount, world().clock.instant());
        }
      }
      case TRAFFIC -> {
        if (step.account() < 3) {
          world().traffic(account, 1 + step.amount() % 20);
        }
      }
      case PASS_TIME ->
          world()
              .clock
              .pass(step.amount() == 120 ? Duration.ofDays(20) : Duration.ofSeconds(step.amount()));
      default -> throw new IllegalStateException("no happening: " + step);
    }
  }

  private static void assertSame(Command.Deduct deduct, Step step) {
    WalletReads.Check check =
        engine().reads().check(deduct.account(), deduct.service(), deduct.count());
    WalletAnswer answer = world().ask(engine(), deduct);
    assertThat(check.refusal()).as("%s of %s", deduct, step).isEqualTo(answer.refusal());
    assertThat(check.isAllowed()).isEqualTo(answer.isDone());
    if (answer.isDone()) {
      assertThat(check.free()).as("free of %s", deduct).isEqualTo(answer.free());
      assertThat(check.paid()).as("paid of %s", deduct).isEqualTo(answer.paid());
      assertThat(check.cost()).as("cost of %s", deduct).isEqualByComparingTo(answer.amount());
    }
  }
}
