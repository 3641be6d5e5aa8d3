package plus.svc.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.TestDatabase;

/** The command {@code grant} gives a role what {@code sql/grants.sql} gives it under psql. */
final class GrantIT {

  private static final String CONFIG = Path.of("..", "config.yml").toString();

  /** A name that must be quoted, and that would break out of bad quotes. */
  private static final String ROLE = "runtime\" of grant it";

  @RegisterExtension static final Database database = Database.migrated();

  @Test
  void theRoleMayDoItsWorkAndAnUnknownRoleGetsNothing() throws Exception {
    assumeThat(truth("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"))
        .isTrue();
    String quoted = '"' + ROLE.replace("\"", "\"\"") + '"';
    database.jdbi().useHandle(h -> h.execute("CREATE ROLE " + quoted));
    try {
      assertThatThrownBy(() -> grant("nobody of grant it"))
          .hasMessageContaining("\"nobody of grant it\" does not exist");
      assertThat(may("billing_ledger", "INSERT")).isFalse();
      grant(ROLE);
      assertThat(may("billing_ledger", "INSERT")).isTrue();
      assertThat(may("billing_ledger", "UPDATE")).isFalse();
      // It has the rights and may not pass them on, which PostgreSQL itself only warns of.
      database.jdbi().useHandle(h -> h.execute("ALTER ROLE " + quoted + " LOGIN PASSWORD 'p'"));
      assertThatThrownBy(() -> grantAs("runtime%22%20of%20grant%20it:p", ROLE))
          .hasMessageContaining("no privileges were granted");
    } finally {
      database.jdbi().useHandle(h -> h.execute("DROP OWNED BY " + quoted));
      database.jdbi().useHandle(h -> h.execute("DROP ROLE " + quoted));
    }
  }

  private static boolean may(String table, String what) {
    return database
        .jdbi()
        .withHandle(
            h ->
                h.createQuery("SELECT has_table_privilege(:role, :table, :what)")
                    .bind("role", ROLE)
                    .bind("table", "public." + table)
                    .bind("what", what)
                    .mapTo(boolean.class)
                    .one());
  }

  private static boolean truth(String sql) {
    return database.jdbi().withHandle(h -> h.createQuery(sql).mapTo(boolean.class).one());
  }

  private static void grant(String role) throws Exception {
    grantAs(database.get().user() + ":" + database.get().password(), role);
  }

  private static void grantAs(String user, String role) throws Exception {
    Map<String, String> variables = Map.of("DATABASE_URL", url(database.get(), user));
    new Rethrowing(variables).run("grant", "--to", role, CONFIG);
  }

  private static String url(TestDatabase to, String user) {
    return to.jdbcUrl().substring("jdbc:".length()).replaceFirst("//", "//" + user + "@");
  }

  /** Throws where a command line would end the process. */
  private static final class Rethrowing extends BillingApplication {

    Rethrowing(Map<String, String> variables) {
      super(variables, Clock.systemUTC());
    }

    @Override
    protected void onFatalError(Throwable error) {
      throw new AssertionError(error.getMessage(), error);
    }
  }
}
