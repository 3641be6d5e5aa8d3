package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import plus.svc.billing.pipeline.LawsReference.Facts;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/**
 * The laws of conservation and convergence on generated worlds: after any delivery of a set of
 * snapshots the tables hold what the reference calculates from the set, and a second delivery
 * changes nothing. The number of tries is {@code jqwik.tries.default}; a failure prints its seed.
 */
class LawsIT {

  private static final int WORLDS_A_DATABASE = 15;
  private static final BigDecimal OPENING = BigDecimal.TEN;

  private static @Nullable TestDatabase database;
  private static @Nullable OneConnection connection;
  private static @Nullable Jdbi jdbi;
  private static long worlds;

  private static Jdbi jdbi() {
    if (worlds++ % WORLDS_A_DATABASE == 0 || jdbi == null) {
      dropDatabase();
      database = PostgresHarness.shared().freshDatabase();
      connection = new OneConnection(database.dataSource());
      jdbi = Jdbi.create(connection).installPlugin(new BillingJdbiPlugin());
    }
    return jdbi;
  }

  @AfterContainer
  static void dropDatabase() {
    if (database != null && connection != null) {
      connection.close();
      PostgresHarness.shared().drop(database);
    }
    jdbi = null;
  }

  @Provide
  Arbitrary<LawsSettings> settings() {
    return LawsSettings.settings();
  }

  @Provide
  Arbitrary<List<LawsScript>> oneToThreeNodes() {
    return LawsScript.scripts(40).list().ofMinSize(1).ofMaxSize(3);
  }

  @Provide
  Arbitrary<LawsDelivery> deliveries() {
    return LawsDelivery.deliveries();
  }

  @Property
  void anyDeliveryOfASetGivesTheFactsOfTheSet(
      @ForAll("settings") LawsSettings settings,
      @ForAll("oneToThreeNodes") List<LawsScript> scripts,
      @ForAll("deliveries") LawsDelivery first,
      @ForAll("deliveries") LawsDelivery second) {
    LawsWorld world = new LawsWorld(jdbi(), worlds, settings, scripts);
    world.deliver(first);
    assertLaws(world);
    if (world.latecomersSignUp() || settings.guards().size() > 1) {
      world.deliver(second);
      assertLaws(world);
    }
    assertAuditFindsNothing(world);
    Map<String, String> before = TableDigests.of(world.world.jdbi);
    before.remove("public.billing_source_sync_state"); // holds when a source was last asked
    world.deliver(second);
    assertThat(TableDigests.changes(before, TableDigests.of(world.world.jdbi))).isEmpty();
  }

  private static void assertLaws(LawsWorld world) {
    LawsFacts reader = new LawsFacts(world.world.jdbi, world.nodes, world.accounts);
    Facts facts = reader.read();
    Facts expected = world.expected();
    assertThat(facts.asides()).isEqualTo(expected.asides());
    assertThat(facts.restarts()).isEqualTo(expected.restarts());
    assertThat(facts.orphans()).isEqualTo(expected.orphans());
    assertThat(facts.buckets()).isEqualTo(expected.buckets());
    assertThat(withoutUnused(facts.used())).isEqualTo(withoutUnused(expected.used()));
    assertThat(withoutZero(facts.spent())).isEqualTo(withoutZero(expected.spent()));
    assertThat(reader.bucketsThatDifferFromTheirRows()).isEmpty();
    assertThat(reader.corruptCorrections()).isZero();
    assertBalances(world, reader, expected);
    assertRemaining(world, reader, expected);
  }

  /** The audit, which shares no code with the reference, comes to the same. */
  private static void assertAuditFindsNothing(LawsWorld world) {
    AuditReport report =
        AuditReport.of(
            world.world.jdbi,
            world.world.rating.peakHours(),
            world.nodes.stream().map(NodeKey::composed).collect(Collectors.toSet()),
            world.start().minusSeconds(3_600),
            world.start().plusSeconds(36_000));
    assertThat(report.damage()).isEmpty();
  }

  private static NavigableMap<UUID, NavigableMap<YearMonth, Long>> withoutUnused(
      NavigableMap<UUID, NavigableMap<YearMonth, Long>> used) {
    NavigableMap<UUID, NavigableMap<YearMonth, Long>> some = new TreeMap<>();
    used.forEach(
        (account, months) ->
            months.forEach(
                (month, bytes) -> {
                  if (bytes != 0) {
                    some.computeIfAbsent(account, key -> new TreeMap<>()).put(month, bytes);
                  }
                }));
    return some;
  }

  private static NavigableMap<UUID, BigDecimal> withoutZero(NavigableMap<UUID, BigDecimal> spent) {
    NavigableMap<UUID, BigDecimal> some = new TreeMap<>(spent);
    some.values().removeIf(sum -> sum.signum() == 0);
    return some;
  }

  /**
   * Who had usage has a balance; so may an account whose usage was all taken back by a snapshot
   * that came late.
   */
  private static void assertBalances(LawsWorld world, LawsFacts reader, Facts expected) {
    assertThat(reader.sharedBalances().keySet()).containsAll(expected.spent().keySet());
    NavigableMap<UUID, BigDecimal> balances = new TreeMap<>();
    for (UUID account : reader.sharedBalances().keySet()) {
      BigDecimal spent = expected.spent().getOrDefault(account, BigDecimal.ZERO);
      BigDecimal toppedUp = world.toppedUp.getOrDefault(account, BigDecimal.ZERO);
      balances.put(account, LawsReference.plain(OPENING.add(spent).add(toppedUp)));
    }
    assertThat(reader.ledgerSums()).isEqualTo(balances);
    assertThat(reader.sharedBalances()).isEqualTo(balances);
    assertThat(reader.ownBalances()).isEqualTo(balances);
  }

  /** What is left of the newest month of each account: granted, less what was taken. */
  private static void assertRemaining(LawsWorld world, LawsFacts reader, Facts expected) {
    NavigableMap<UUID, BigDecimal> remaining = new TreeMap<>();
    YearMonth newest = LawsReference.month(world.world.now);
    for (UUID account : reader.remaining().keySet()) {
      long granted = LawsReference.granted(world.planOf(account), newest, Instant.MAX);
      long taken = expected.used().getOrDefault(account, new TreeMap<>()).getOrDefault(newest, 0L);
      remaining.put(account, LawsReference.plain(BigDecimal.valueOf(Math.max(0, granted - taken))));
    }
    assertThat(reader.remaining()).isEqualTo(remaining);
  }
}
