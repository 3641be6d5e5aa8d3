package plus.svc.billing.wallet;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The accounts of one try, and what was asked for in it so far. Many threads may play. */
final class WalletPlay {

  static final BigDecimal OVERDRAFT = new BigDecimal("0.7");
  private static final String[] SERVICES = {"payment", "asset"};

  final WalletWorld world;
  final List<WalletEngine> engines;

  /** Three users: one with money, one with money and an overdraft, one who never had any. */
  final List<UUID> users = new ArrayList<>();

  /** A further account of each of the first two, in another unit. */
  final List<UUID> points = new ArrayList<>();

  private final List<UUID> holds = Collections.synchronizedList(new ArrayList<>());
  private final List<UUID> operations = Collections.synchronizedList(new ArrayList<>());
  private final List<Asked> all = Collections.synchronizedList(new ArrayList<>());

  /** A request with its answer, which comes. */
  record Asked(WalletRequest request, CompletableFuture<WalletAnswer> answer) {}

  WalletPlay(WalletWorld world, List<WalletEngine> engines) {
    this.world = world;
    this.engines = engines;
    for (int i = 0; i < 3; i++) {
      users.add(world.user());
    }
  }

  /** What a try begins with, before anything is at once. */
  List<Command> beginning() {
    List<Command> commands = new ArrayList<>();
    commands.add(
        new Command.SetUp(
            users.get(1), users.get(1), "CNY", "", OVERDRAFT, null, WalletWorld.none()));
    for (int i = 0; i < 2; i++) {
      commands.add(WalletWorld.credit(users.get(i), "1.5"));
      UUID further = UUID.randomUUID();
      points.add(further);
      commands.add(setUpPoints(i));
      commands.add(new Command.Post(further, new BigDecimal("3"), "POINTS", "", true));
    }
    return commands;
  }

  private Command setUpPoints(int owner) {
    return new Command.SetUp(
        points.get(owner),
        users.get(owner),
        "POINTS",
        "",
        BigDecimal.ZERO,
        null,
        WalletWorld.none());
  }

  WalletEngine engine(WalletStep step) {
    return engines.get(step.engine() % engines.size());
  }

  /** Asks for something. */
  Asked ask(WalletStep step, WalletRequest request) {
    Asked asked =
        new Asked(request, engine(step).wallet().apply(request).orTimeout(60, TimeUnit.SECONDS));
    all.add(asked);
    operations.add(request.id());
    if (request.command() instanceof Command.Reserve
        || request.command() instanceof Command.ReserveUse) {
      holds.add(request.id());
    }
    return asked;
  }

  /** Everything that was asked for, answered. */
  List<Asked> all() {
    all.forEach(asked -> asked.answer().handle((answer, e) -> answer).join());
    return List.copyOf(all);
  }

  static @Nullable Throwable failureOf(CompletableFuture<WalletAnswer> answer) {
    try {
      answer.join();
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  /** One of the requests so far. */
  Optional<Asked> asked(WalletStep step) {
    synchronized (all) {
      return all.isEmpty() ? Optional.empty() : Optional.of(picked(all, step));
    }
  }

  private static <T> T picked(List<T> list, WalletStep step) {
    return list.get(Math.max(0, list.size() - 1 - step.pick()));
  }

  private UUID pickedOf(List<UUID> list, WalletStep step) {
    synchronized (list) {
      return list.isEmpty() ? new UUID(0, step.pick()) : picked(list, step);
    }
  }

  /** What a step asks for; empty if it is something else that happens. */
  Optional<Command> command(WalletStep step) {
    UUID user = users.get(step.account() % 3);
    UUID second = users.get(step.other() % 3);
    BigDecimal amount = BigDecimal.valueOf(step.amount(), 2);
    return Optional.ofNullable(
        switch (step.act()) {
          case CREDIT -> post(step, amount, true);
          case DEBIT -> post(step, amount.negate(), true);
          case APPEND_CREDIT -> post(step, amount, false);
          case APPEND_DEBIT -> post(step, amount.negate(), false);
          case DEDUCT -> new Command.Deduct(user, service(step), 1 + step.amount() % 9);
          case RESERVE ->
              step.account() < 3
                  ? new Command.Reserve(user, amount, "CNY", 5 + step.pick() * 20L)
                  : new Command.Reserve(
                      points.get(step.account() - 3), amount, "POINTS", 5 + step.pick() * 20L);
          case RESERVE_USE ->
              new Command.ReserveUse(
                  user, service(step), 1 + step.amount() % 9, 5 + step.pick() * 20L);
          case COMMIT -> new Command.Commit(pickedOf(holds, step), null, null);
          case COMMIT_PART ->
              step.amount() % 2 == 0
                  ? new Command.Commit(
                      pickedOf(holds, step), BigDecimal.valueOf(step.amount(), 3), null)
                  : new Command.Commit(pickedOf(holds, step), null, 1L + step.amount() % 4);
          case VOID -> new Command.Release(pickedOf(holds, step));
          case TRANSFER -> transfer("CNY", user, second, amount);
          case TRANSFER_OF_THREE_LEGS -> transferAround(step, user, second, amount);
          case TRANSFER_OF_POINTS ->
              transfer(
                  "POINTS",
                  points.get(step.account() % 2),
                  points.get(1 - step.account() % 2),
                  amount);
          case REVERSE -> new Command.Reverse(pickedOf(operations, step), "");
          case SET_UP -> setUpPoints(step.account() % 2);
          case WRONG_UNIT -> new Command.Post(user, amount, "POINTS", "", step.pick() % 2 == 0);
          default -> null;
        });
  }

  private Command post(WalletStep step, BigDecimal amount, boolean guarded) {
    return step.account() < 3
        ? new Command.Post(users.get(step.account()), amount, "CNY", "", guarded)
        : new Command.Post(points.get(step.account() - 3), amount, "POINTS", "", guarded);
  }

  private static String service(WalletStep step) {
    return SERVICES[step.other() % 2];
  }

  private static Command transfer(String unit, UUID from, UUID to, BigDecimal amount) {
    return new Command.Group(
        List.of(new Command.Leg(from, amount.negate(), unit), new Command.Leg(to, amount, unit)),
        "");
  }

  /** Accounts come more than once, and more than one unit. */
  private Command transferAround(WalletStep step, UUID one, UUID two, BigDecimal amount) {
    UUID third = users.get((step.account() + 1) % 3);
    List<Command.Leg> legs = new ArrayList<>();
    legs.add(new Command.Leg(one, amount.negate(), "CNY"));
    legs.add(new Command.Leg(two, amount.add(BigDecimal.ONE), "CNY"));
    legs.add(new Command.Leg(third, BigDecimal.ONE.negate(), "CNY"));
    if (step.pick() % 2 == 0) {
      legs.add(new Command.Leg(points.get(0), new BigDecimal("-0.5"), "POINTS"));
      legs.add(new Command.Leg(points.get(1), new BigDecimal("0.5"), "POINTS"));
    }
    return new Command.Group(legs, "around");
  }

  /** What no caller asks for; the account whose balance it changes by how much, if any. */
  Optional<Moved> happen(WalletStep step) {
    UUID user = users.get(step.account() % 3);
    BigDecimal amount = BigDecimal.valueOf(step.amount(), 2);
    switch (step.act()) {
      case TOP_UP -> world.topUp(user, amount, world.clock.instant());
      case LATE_TOP_UP ->
          world.topUp(user, amount, world.clock.instant().minusSeconds(step.pick() * 40L));
      case TRAFFIC -> world.traffic(user, step.amount());
      case PASS_SECONDS -> world.clock.pass(Duration.ofSeconds(step.amount()));
      case PASS_DAYS -> world.clock.pass(Duration.ofDays(step.amount() % 20));
      case TEND -> engine(step).tending().tend();
      default -> throw new IllegalStateException(step.act() + " is asked for");
    }
    return switch (step.act()) {
      case TOP_UP, LATE_TOP_UP -> Optional.of(new Moved(user, amount));
      case TRAFFIC ->
          Optional.of(
              new Moved(
                  user,
                  WalletWorld.PRICE_OF_A_BYTE
                      .multiply(BigDecimal.valueOf(step.amount()))
                      .negate()));
      default -> Optional.empty();
    };
  }

  /** A change of a balance that nobody asked this service for. */
  record Moved(UUID account, BigDecimal amount) {}

  /** Until nothing waits: entries are taken in, holds whose time is over are ended. */
  void tendToTheEnd() {
    for (int i = 0; i < 100; i++) {
      if (engines.get(0).tending().takeIn() == 0) {
        return;
      }
    }
    throw new AssertionError("there is always something to be taken in");
  }
}
