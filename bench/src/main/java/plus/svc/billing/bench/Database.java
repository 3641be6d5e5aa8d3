package plus.svc.billing.bench;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/**
 * One database of the server under measurement.
 *
 * @param server {@code jdbc:postgresql://host:port/}, the name is added behind it
 */
record Database(String server, String user, String password, String name) {

  Connection connect() throws SQLException {
    return DriverManager.getConnection(server + name, user, password);
  }

  int port() {
    return URI.create(server.substring("jdbc:".length())).getPort();
  }

  /** The same by way of another port of this machine. */
  Database through(int port) {
    return new Database("jdbc:postgresql://127.0.0.1:" + port + "/", user, password, name);
  }

  Database named(String other) {
    return new Database(server, user, password, other);
  }

  /** Makes a database that is a file-wise copy of this one, which nobody may be connected to. */
  Database cloneAs(Database maintenance, String other) throws SQLException {
    maintenance.execute(
        "DROP DATABASE IF EXISTS " + other + " WITH (FORCE)",
        "CREATE DATABASE " + other + " TEMPLATE " + name + " STRATEGY file_copy",
        "CHECKPOINT");
    return named(other);
  }

  /** Brings the database to the newest schema, as the service does. */
  void migrate() throws SQLException {
    try (Connection connection = connect()) {
      Scope.child(
          java.util.Map.of(Scope.Attr.ui.name(), new LoggerUIService()),
          () -> {
            try (Liquibase liquibase =
                new Liquibase(
                    "migrations.xml",
                    new ClassLoaderResourceAccessor(),
                    new JdbcConnection(connection))) {
              liquibase.setShowSummary(UpdateSummaryEnum.OFF);
              liquibase.update(new Contexts());
            }
          });
    } catch (LiquibaseException e) {
      throw new IllegalStateException("the migrations fail on " + name, e);
    } catch (SQLException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot migrate " + name, e);
    }
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement sql = connection.createStatement()) {
      for (String statement : statements) {
        sql.execute(statement);
      }
    }
  }

  /** The first column of a query. */
  List<String> strings(String query) throws SQLException {
    try (Connection connection = connect();
        Statement sql = connection.createStatement();
        ResultSet rows = sql.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  long number(String query) throws SQLException {
    return Long.parseLong(strings(query).get(0));
  }
}
