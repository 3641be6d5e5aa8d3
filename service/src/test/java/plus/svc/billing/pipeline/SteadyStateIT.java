package plus.svc.billing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static plus.svc.billing.pipeline.World.shot;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.quantity.NodeKey;
import plus.svc.billing.testing.Database;

/** What a delivery need not read again when nothing happened but the next minute. */
final class SteadyStateIT {

  @RegisterExtension static final Database database = Database.migrated();

  private final Jdbi jdbi = database.jdbi();
  private final World world = new World(jdbi);
  private final NodeKey node = new NodeKey("prod", "steady-" + UUID.randomUUID());
  private final UUID a = world.user();
  private final UUID b = world.user();

  private World.Shot on(String time) {
    return shot(time).on(node);
  }

  /** The statements of a delivery. */
  private List<String> statementsOf(World.Shot... shots) {
    List<String> statements = new ArrayList<>();
    jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logBeforeExecution(StatementContext context) {
            statements.add(context.getRenderedSql().replaceAll("\\s+", " "));
          }
        });
    try {
      world.deliver(shots);
    } finally {
      jdbi.setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
    }
    return statements;
  }

  private static boolean readsPrices(List<String> statements) {
    return statements.stream().anyMatch(sql -> sql.contains("FROM billing.price_versions"));
  }

  private void price(UUID user, String from, String price) {
    jdbi.useHandle(
        h ->
            h.execute(
                """
                INSERT INTO billing.price_versions
                SELECT account_uuid, ?::timestamptz, ?::numeric, 1, 1, 1, 1, 0, FALSE, 'v', now()
                  FROM billing.price_versions WHERE account_uuid = ? LIMIT 1
                """,
                World.at(from),
                price,
                user));
  }

  @Test
  void pricesAreReadOnceAndAgainAfterEachChangeOfThem() {
    world.deliver(on("10:00").of(a, 100, 0).of(b, 100, 0));
    assertThat(readsPrices(statementsOf(on("10:01").of(a, 110, 0).of(b, 110, 0)))).isTrue();
    assertThat(readsPrices(statementsOf(on("10:02").of(a, 120, 0).of(b, 120, 0)))).isFalse();
    assertThat(world.balance(a)).isEqualByComparingTo("-60");

    price(a, "10:03", "2");
    assertThat(readsPrices(statementsOf(on("10:03").of(a, 130, 0).of(b, 130, 0)))).isTrue();
    assertThat(world.balance(a)).isEqualByComparingTo("-80");
    assertThat(world.balance(b)).isEqualByComparingTo("-65");

    jdbi.useHandle(
        h ->
            h.execute(
                "UPDATE billing.price_versions SET price_per_byte = 3"
                    + " WHERE account_uuid = ? AND rule_version = 'v'",
                a));
    world.deliver(on("10:04").of(a, 140, 0).of(b, 140, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-110");

    jdbi.useHandle(
        h ->
            h.execute(
                "DELETE FROM billing.price_versions WHERE account_uuid = ? AND rule_version = 'v'",
                a));
    world.deliver(on("10:05").of(a, 150, 0).of(b, 150, 0));
    assertThat(world.balance(a)).isEqualByComparingTo("-115");
    assertThat(world.balance(b)).isEqualByComparingTo("-75");
  }

  @Test
  void whatAnotherInstanceKnowsOfPricesIsOfNoConsequence() {
    world.deliver(on("10:00").of(a, 100, 0));
    World other = new World(jdbi);
    other.deliver(on("10:01").of(a, 110, 0));
    price(a, "10:02", "2");
    other.deliver(on("10:02").of(a, 120, 0));
    world.deliver(on("10:03").of(a, 130, 0));
    assertThat(world.balance(a)).as("two instances").isEqualByComparingTo("-95");
  }

  @Test
  void ofWhatWasSentBeforeOnlyTheDigestIsLookedAt() {
    world.deliver(on("10:00").of(a, 100, 0), on("10:01").of(a, 110, 0));
    List<String> statements =
        statementsOf(
            on("10:00").of(a, 100, 0), on("10:01").of(a, 110, 0), on("10:02").of(a, 120, 0));
    assertThat(statements).filteredOn(sql -> sql.contains("billing.snapshots")).hasSize(1);
    assertThat(statements)
        .filteredOn(sql -> sql.contains("billing.snapshots"))
        .allMatch(sql -> sql.contains("s.digest") && !sql.contains("uplink"));
    assertThat(world.balance(a)).isEqualByComparingTo("-60");
  }

  /** A plan for thousands of keys would read all accounts; this one is for any number. */
  @Test
  void statementsOnAccountsArePlannedForAFewOfThem() {
    world.deliver(on("10:00").of(a, 100, 0));
    assertThat(statementsOf(on("10:01").of(a, 110, 0)).get(0)).contains("force_generic_plan");
    assertThat(world.text("SHOW plan_cache_mode")).as("for that transaction").isEqualTo("auto");
  }
}
