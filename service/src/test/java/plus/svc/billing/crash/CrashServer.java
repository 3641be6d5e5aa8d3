package plus.svc.billing.crash;

import plus.svc.billing.testing.TestDatabase;

/** A PostgreSQL that keeps what it committed, and databases on it. */
interface CrashServer {

  int port();

  /** A new, migrated database. */
  TestDatabase freshDatabase();

  /** Drops a database, open connections or not. */
  void drop(TestDatabase database);

  /** What {@code DATABASE_URL} takes. */
  default String url(TestDatabase database) {
    return url(database, port());
  }

  /** The same by another port. */
  default String url(TestDatabase database, int port) {
    return "postgres://postgres:postgres@127.0.0.1:"
        + port
        + "/"
        + database.name()
        + "?sslmode=disable";
  }

  /** A database of that name, there or not. */
  default TestDatabase database(String name) {
    return new TestDatabase(
        name, "jdbc:postgresql://127.0.0.1:" + port() + "/" + name, "postgres", "postgres");
  }
}
