package plus.svc.billing.testing;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class a database of its own, made before the first test and dropped after the last:
 *
 * <pre>{@code
 * @RegisterExtension static final Database database = Database.migrated();
 * }</pre>
 *
 * <p>The tests of one class share it; a test that must not see its neighbours' rows uses keys of
 * its own, or takes {@link PostgresHarness#freshDatabase()} directly.
 */
public final class Database implements BeforeAllCallback, AfterAllCallback {

  private final boolean migrated;
  private @Nullable TestDatabase database;

  private Database(boolean migrated) {
    this.migrated = migrated;
  }

  /** A database with all migrations applied, cloned from the harness's template. */
  public static Database migrated() {
    return new Database(true);
  }

  /** A database with nothing in it. */
  public static Database empty() {
    return new Database(false);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    var harness = PostgresHarness.shared();
    database = migrated ? harness.freshDatabase() : harness.emptyDatabase();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (database != null) {
      PostgresHarness.shared().drop(database);
      database = null;
    }
  }

  /**
   * The database itself.
   *
   * @throws IllegalStateException outside the tests of the class that registered this extension
   */
  public TestDatabase get() {
    if (database == null) {
      throw new IllegalStateException(
          "no database yet: register this extension in a static field with @RegisterExtension");
    }
    return database;
  }

  public String jdbcUrl() {
    return get().jdbcUrl();
  }

  public String user() {
    return get().user();
  }

  public String password() {
    return get().password();
  }

  public DataSource dataSource() {
    return get().dataSource();
  }

  public Jdbi jdbi() {
    return get().jdbi();
  }
}
