package plus.svc.billing.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import plus.svc.billing.platform.BillingJdbiPlugin;

/** Connections that stay open between transactions, as the service's pool keeps them. */
final class Connections implements ConnectionFactory, AutoCloseable {

  private final Database database;
  private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

  Connections(Database database) {
    this.database = database;
  }

  Jdbi jdbi() {
    return Jdbi.create(this).installPlugin(new BillingJdbiPlugin()).setSqlLogger(new Timing());
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection known = idle.poll();
    return known != null ? known : database.connect();
  }

  @Override
  public void closeConnection(Connection connection) {
    idle.add(connection);
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
      connection.close();
    }
  }
}
