package plus.svc.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class PostgresAddressTest {

  @Test
  void readsAUrlWithEncodedPasswordAndParameters() {
    var database =
        PostgresAddress.parse("postgres://ci:p%40ss+word@db.test:6543/postgres?sslmode=require")
            .database("x");
    assertThat(database)
        .isEqualTo(
            new TestDatabase(
                "x", "jdbc:postgresql://db.test:6543/x?sslmode=require", "ci", "p@ss+word"));
  }

  @Test
  void takesTheDefaultPortAndAJdbcPrefix() {
    assertThat(PostgresAddress.parse("jdbc:postgresql://ci@db.test/postgres").authority())
        .isEqualTo("db.test:5432");
  }

  @Test
  void refusesAUrlWithoutDatabaseAndKeepsThePasswordToItself() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PostgresAddress.parse("postgres://ci:secret@db.test"))
        .withMessageContaining("TEST_DATABASE_URL")
        .withMessageNotContaining("secret");
  }
}
