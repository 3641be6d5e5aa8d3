package plus.svc.billing.testing;

import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;
import plus.svc.billing.platform.BillingJdbiPlugin;

/**
 * One database on the test server.
 *
 * @param name the database's name, unique on the server
 * @param jdbcUrl {@code jdbc:postgresql://…} without credentials
 * @param user a role that may create databases
 * @param password its password, empty where the server asks for none
 */
public record TestDatabase(String name, String jdbcUrl, String user, String password) {

  /** A source of new connections: no pool, so nothing lingers after the test that opened one. */
  public DataSource dataSource() {
    var source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl);
    source.setUser(user);
    source.setPassword(password);
    return source;
  }

  /** A new Jdbi with what the service installs. */
  public Jdbi jdbi() {
    return Jdbi.create(dataSource()).installPlugin(new BillingJdbiPlugin());
  }
}
