package plus.svc.billing.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import plus.svc.billing.testing.Database;

@Timeout(120)
class SilentCopiesIT {

  @RegisterExtension static final Database database = Database.empty();

  private final Jdbi jdbi = database.jdbi();

  @Test
  void whoFallsSilentWhileItSendsRowsIsEndedAndNobodyElse() throws SQLException {
    jdbi.useHandle(handle -> handle.execute("CREATE TABLE rows_sent (n integer)"));
    Connection frozen = database.dataSource().getConnection();
    try (Handle idle = jdbi.open()) {
      frozen.setAutoCommit(false);
      idle.execute("SELECT 1");
      CopyRows copy = CopyRows.into(frozen, "rows_sent (n)");
      copy.add(1);
      copy.endRow();

      assertThat(new SilentCopies(jdbi, Duration.ofHours(1)).end()).isZero();
      assertThat(new SilentCopies(jdbi, Duration.ZERO).end()).isEqualTo(1);

      assertThatThrownBy(copy::finish).isInstanceOf(SQLException.class);
      idle.execute("SELECT 1");
    } finally {
      frozen.abort(Runnable::run);
    }
    assertThat(sent()).isZero();
  }

  private int sent() {
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT count(*) FROM rows_sent").mapTo(Integer.class).one());
  }
}
