package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** What was released stays as it was; only a label may come later. */
final class ReleasedChangesetsIT {

  /** Identifier and Liquibase's checksum, a line each. */
  private static final String RELEASED =
      "service/src/test/resources/plus/svc/billing/migration/released-changesets.txt";

  private static final String RUN_BY_US =
      "SELECT id || ' ' || md5sum FROM databasechangelog WHERE author = 'billing' ORDER BY orderexecuted";

  @RegisterExtension static final Database migrated = Database.migrated();

  @Test
  void noneIsEditedAndALabelIsNoEdit() {
    List<String> released = Repository.text(RELEASED).lines().toList();
    List<String> ran = new Query(migrated.jdbi()).texts(RUN_BY_US);
    assertThat(ran.subList(0, released.size()))
        .as("a database that has them refuses the next migration")
        .isEqualTo(released);
  }

  @Test
  void aLabelThatCameLaterRunsNothingAgainAndIsNotNotedWhereTheChangesetRanBefore() {
    Query query = new Query(migrated.jdbi());
    query.run("UPDATE databasechangelog SET labels = NULL");
    List<String> before = query.texts(RUN_BY_US);
    PostgresHarness.migrate(
        new TestDatabase("", migrated.jdbcUrl(), migrated.user(), migrated.password()));
    assertThat(query.texts(RUN_BY_US)).isEqualTo(before);
    assertThat(query.texts("SELECT id FROM databasechangelog WHERE labels IS NOT NULL")).isEmpty();
  }
}
