package plus.svc.billing.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.platform.setting.StartRefused;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.FreePort;

class DatabaseStartIT {

  @RegisterExtension static final Database migrated = Database.migrated();
  @RegisterExtension static final Database empty = Database.empty();

  private static DatabaseStart startOf(Database database) {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password());
    return new DatabaseStart(database.jdbcUrl(), properties);
  }

  @Test
  void aMigratedDatabaseIsFine() {
    assertThatCode(() -> startOf(migrated).requireMigrated("migrations.xml"))
        .doesNotThrowAnyException();
  }

  @Test
  void aRoleThatMayOnlyReadIsEnough() {
    migrated
        .jdbi()
        .useHandle(
            handle -> {
              handle.execute("CREATE ROLE start_reader LOGIN PASSWORD 'reader'");
              handle.execute("GRANT SELECT ON databasechangelog TO start_reader");
            });
    Properties properties = new Properties();
    properties.setProperty("user", "start_reader");
    properties.setProperty("password", "reader");
    try {
      assertThatCode(
              () ->
                  new DatabaseStart(migrated.jdbcUrl(), properties)
                      .requireMigrated("migrations.xml"))
          .doesNotThrowAnyException();
    } finally {
      migrated
          .jdbi()
          .useHandle(
              handle -> handle.execute("DROP OWNED BY start_reader; DROP ROLE start_reader"));
    }
  }

  @Test
  void aMigrationThatIsMissingIsRefusedByItsName() {
    migrated
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "UPDATE databasechangelog SET id = 'x' || id WHERE id = '003-takeovers'"));
    try {
      assertThatThrownBy(() -> startOf(migrated).requireMigrated("migrations.xml"))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("1 migrations are pending from 003-takeovers on");
    } finally {
      migrated
          .jdbi()
          .useHandle(
              handle ->
                  handle.execute(
                      "UPDATE databasechangelog SET id = '003-takeovers' WHERE id = 'x003-takeovers'"));
    }
  }

  @Test
  void aSchemaOfANewerVersionIsRefusedUnlessThatSaysOlderOnesMayStart() throws Exception {
    ran("005-newer", "billing", "migrations/005-newer.sql", null);
    ran("006-newer", "billing", "migrations/006-newer.sql", "x, older-may-start");
    ran("007-another-services", "accounts", "migrations/007.sql", null);
    try {
      assertThatThrownBy(() -> startOf(migrated).requireMigrated("migrations.xml"))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("was migrated by a newer version")
          .hasMessageContaining("doesn't know 005-newer;")
          .hasMessageContaining("start that version or a newer one");
      forget("005-newer");
      startOf(migrated).requireMigrated("migrations.xml");
    } finally {
      forget("005-newer");
      forget("006-newer");
      forget("007-another-services");
    }
  }

  private static void ran(String id, String author, String file, @Nullable String labels) {
    migrated
        .jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO databasechangelog"
                        + " (id, author, filename, dateexecuted, orderexecuted, exectype, labels)"
                        + " VALUES (?, ?, ?, now(), 900, 'EXECUTED', ?)",
                    id,
                    author,
                    file,
                    labels));
  }

  private static void forget(String id) {
    migrated
        .jdbi()
        .useHandle(handle -> handle.execute("DELETE FROM databasechangelog WHERE id = ?", id));
  }

  @Test
  void aPendingMigrationIsRefusedByTheCommandAndNothingIsChanged() {
    assertThatThrownBy(() -> startOf(empty).requireMigrated("migrations.xml"))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("migrations are pending")
        .hasMessageContaining("java -jar service/target/billing-service.jar db migrate config.yml");
    long tables =
        empty
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                        .mapTo(Long.class)
                        .one());
    assertThat(tables).isZero();
  }

  @Test
  void aDatabaseThatAnswersIsNotWaitedFor() {
    assertThatCode(
            () ->
                startOf(migrated)
                    .awaitDatabase(
                        1,
                        Duration.ZERO,
                        time -> {
                          throw new IllegalStateException("paused");
                        }))
        .doesNotThrowAnyException();
  }

  @Test
  void oneThatDoesNotIsTriedAsOftenAsConfigured() throws IOException {
    List<Duration> pauses = new ArrayList<>();
    Properties properties = new Properties();
    properties.setProperty("user", "u");
    properties.setProperty("password", "geheim");
    DatabaseStart start =
        new DatabaseStart("jdbc:postgresql://127.0.0.1:" + FreePort.next() + "/d", properties);
    assertThatThrownBy(() -> start.awaitDatabase(3, Duration.ofSeconds(2), pauses::add))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("did not answer 3 attempts")
        .hasMessageNotContaining("geheim");
    assertThat(pauses).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }
}
