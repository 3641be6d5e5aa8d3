package plus.svc.billing.migration;

import java.util.UUID;
import org.jdbi.v3.core.Handle;
import plus.svc.billing.testing.PostgresHarness;
import plus.svc.billing.testing.TestDatabase;

/** A database as accounts and the earlier writer left it, in two ages. */
enum EarlierWriter {
  /** As first made by accounts. */
  OLDER,
  /** With the columns, indexes and triggers that accounts added since. */
  NEWER;

  static final UUID ONE = account(1);
  static final UUID TWO = account(2);
  static final UUID THREE = account(3);
  static final UUID FOUR = account(4);
  static final UUID FIVE = account(5);
  static final UUID SIX = account(6);

  private static UUID account(int digit) {
    return UUID.fromString(
        "11111111-1111-1111-1111-111111111111".replace('1', (char) ('0' + digit)));
  }

  /** Makes such a database, not migrated yet. */
  TestDatabase make() {
    TestDatabase database = PostgresHarness.shared().emptyDatabase();
    database
        .jdbi()
        .useHandle(
            handle -> {
              // A setting that a database may well carry, and that cuts doubles to 15 digits.
              handle.execute(
                  "ALTER DATABASE \"" + database.name() + "\" SET extra_float_digits = 0");
              script(handle, "accounts-older.sql");
              script(handle, "earlier-writer.sql");
              if (this == NEWER) {
                script(handle, "accounts-newer.sql");
              }
            });
    return database;
  }

  private static void script(Handle handle, String name) {
    handle.createScript(Repository.resource(name)).executeAsSeparateStatements();
  }
}
