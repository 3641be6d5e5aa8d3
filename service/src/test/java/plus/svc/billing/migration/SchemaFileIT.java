package plus.svc.billing.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;
import plus.svc.billing.testing.PostgresHarness;

/** The reference DDL says what the migrations make. */
final class SchemaFileIT {

  private static final String FILE = "sql/billing-service-schema.sql";

  private static final String HEAD =
      """
      -- The schema as the migrations leave it on an empty database: for reading, and for tools that want DDL.
      -- Generated (make schema), checked by SchemaFileIT. A database is made by `db migrate`, not by this file, since
      -- the migrations also adopt tables that exist, and the service asks for their record when it starts.

      """;

  /** Releases before it write views in another way. */
  private static final int WRITTEN_ON = 16;

  @RegisterExtension static final Database migrated = Database.migrated();
  @RegisterExtension static final Database empty = Database.empty();

  @Test
  void theReferenceSchemaIsUpToDate() throws IOException {
    assumeThat(PostgresHarness.shared().serverVersion()).isGreaterThanOrEqualTo(WRITTEN_ON);
    String expected = HEAD + Schema.ddl(migrated.jdbi());
    if (Boolean.getBoolean("schema.write")) {
      Files.writeString(Repository.root().resolve(FILE), expected);
    }
    assertThat(Repository.text(FILE))
        .as("%s is not what the migrations make; `make schema` writes it anew", FILE)
        .isEqualTo(expected);
  }

  @Test
  void theReferenceSchemaMakesTheSameDatabase() {
    empty
        .jdbi()
        .useHandle(
            handle -> handle.createScript(Repository.text(FILE)).executeAsSeparateStatements());
    assertThat(Schema.ddl(empty.jdbi())).isEqualTo(Schema.ddl(migrated.jdbi()));
  }
}
