package plus.svc.billing.bench;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** The naive form: an update of the balance and a row, one transaction a deduction. */
final class NaiveDeductions {

  private NaiveDeductions() {}

  /** Deducts until the time is over, from one of the first {@code of} accounts each. */
  static void run(
      Database database,
      UUID[] accounts,
      int of,
      SplittableRandom random,
      long end,
      LongAdder done) {
    try (Connection connection = database.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE naive_balance SET balance = balance - ? WHERE id = ? AND balance >= ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO naive_ledger (account, amount) VALUES (?, ?)")) {
      connection.setAutoCommit(false);
      BigDecimal cent = new BigDecimal("0.01");
      while (System.nanoTime() < end) {
        UUID account = accounts[random.nextInt(of)];
        update.setBigDecimal(1, cent);
        update.setObject(2, account);
        update.setBigDecimal(3, cent);
        update.executeUpdate();
        insert.setObject(1, account);
        insert.setBigDecimal(2, cent.negate());
        insert.executeUpdate();
        connection.commit();
        done.increment();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the naive form failed", e);
    }
  }
}
