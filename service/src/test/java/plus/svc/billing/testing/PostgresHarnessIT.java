package plus.svc.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PostgresHarnessIT {

  @RegisterExtension static final Database migrated = Database.migrated();
  @RegisterExtension static final Database empty = Database.empty();

  private final PostgresHarness harness = PostgresHarness.shared();

  @Test
  void theServerIsAReleaseWeTestOn() {
    // An external server may be as old as the service supports; ours are current.
    assertThat(harness.serverVersion()).isGreaterThanOrEqualTo(14);
    if (System.getProperty("TEST_DATABASE_URL", System.getenv("TEST_DATABASE_URL")) == null) {
      assertThat(harness.serverVersion()).isGreaterThanOrEqualTo(17);
    }
  }

  @Test
  void aMigratedDatabaseKnowsItsMigrations() {
    assertThat(relations(migrated.jdbi())).contains("databasechangelog");
  }

  @Test
  void migratingAgainChangesNothing() {
    var before = relations(migrated.jdbi());
    PostgresHarness.migrate(migrated.get());
    assertThat(relations(migrated.jdbi())).isEqualTo(before);
  }

  @Test
  void anEmptyDatabaseHoldsNoTable() {
    assertThat(relations(empty.jdbi())).isEmpty();
  }

  @Test
  void clonesDontSeeEachOther() {
    var one = harness.freshDatabase();
    var other = harness.freshDatabase();
    one.jdbi().useHandle(h -> h.execute("CREATE TABLE public.only_in_one (id bigint)"));
    assertThat(relations(one.jdbi())).contains("only_in_one");
    assertThat(relations(other.jdbi())).doesNotContain("only_in_one");
    assertThat(relations(harness.freshDatabase().jdbi())).doesNotContain("only_in_one");
  }

  @Test
  void aDroppedDatabaseIsGoneEvenWithAConnectionOpen() {
    var database = harness.freshDatabase();
    try (var handle = database.jdbi().open()) {
      harness.drop(database);
      assertThatThrownBy(() -> handle.execute("SELECT 1"))
          .isInstanceOf(UnableToExecuteStatementException.class);
    }
  }

  private static List<String> relations(Jdbi jdbi) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT table_name
                    FROM information_schema.tables
                    WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
                    ORDER BY table_schema, table_name
                    """)
                .mapTo(String.class)
                .list());
  }
}
