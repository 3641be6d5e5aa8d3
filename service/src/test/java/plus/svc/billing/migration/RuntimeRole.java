package plus.svc.billing.migration;

import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.testing.TestDatabase;

/** A role that owns nothing and has the rights of {@code sql/grants.sql}, while a test runs. */
final class RuntimeRole implements AutoCloseable {

  private static final String PASSWORD = "only-for-this-test";

  private final TestDatabase database;
  private final String name =
      "billing_runtime_" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);

  private RuntimeRole(TestDatabase database) {
    this.database = database;
  }

  /** Whether the server lets its role make others. */
  static boolean canBeMade(Jdbi jdbi) {
    return new Query(jdbi)
        .truth("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user");
  }

  /** Makes the role and grants it its rights, as the owner of the database would. */
  static RuntimeRole on(TestDatabase database) {
    return with(database, Repository.text("sql/grants.sql"));
  }

  /** Makes a role with other rights. */
  static RuntimeRole with(TestDatabase database, String grants) {
    RuntimeRole role = new RuntimeRole(database);
    database
        .jdbi()
        .useHandle(
            handle -> {
              handle.execute(
                  "CREATE ROLE " + role.name + " LOGIN NOINHERIT PASSWORD '" + PASSWORD + "'");
              String own = grants.replace(":\"runtime_role\"", role.name);
              handle.createScript(own).executeAsSeparateStatements();
            });
    return role;
  }

  String name() {
    return name;
  }

  /** The database as the role sees it. */
  TestDatabase seen() {
    return new TestDatabase(database.name(), database.jdbcUrl(), name, PASSWORD);
  }

  /** Connections as the role. */
  PGSimpleDataSource dataSource() {
    var source = new PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(name);
    source.setPassword(PASSWORD);
    return source;
  }

  Jdbi jdbi() {
    return Jdbi.create(dataSource()).installPlugin(new BillingJdbiPlugin());
  }

  @Override
  public void close() {
    database
        .jdbi()
        .useHandle(
            handle -> {
              handle.execute("DROP OWNED BY " + name);
              handle.execute("DROP ROLE " + name);
            });
  }
}
