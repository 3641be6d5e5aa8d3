package plus.svc.billing.bench;

import java.time.Duration;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.platform.BillingJdbiPlugin;
import plus.svc.billing.platform.BoundedTransactions;

/** A pool of connections and transactions as the service has them. */
final class Connections implements AutoCloseable {

  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final int MOST = 32;

  private final DataSource pool;

  Connections(Database database) {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(database.server() + database.name());
    properties.setUsername(database.user());
    properties.setPassword(database.password());
    properties.setDriverClassName("org.postgresql.Driver");
    properties.setInitialSize(1);
    properties.setMinIdle(1);
    properties.setMaxIdle(MOST);
    properties.setMaxActive(MOST);
    properties.setDefaultAutoCommit(true);
    properties.setJdbcInterceptors("ConnectionState");
    this.pool = new DataSource(properties);
  }

  Jdbi jdbi() {
    Jdbi jdbi = Jdbi.create(pool).installPlugin(new BillingJdbiPlugin());
    jdbi.setTransactionHandler(new BoundedTransactions(SILENCE));
    return jdbi;
  }

  @Override
  public void close() {
    pool.close(true);
  }
}
