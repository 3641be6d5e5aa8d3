package plus.svc.billing.bench;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import plus.svc.billing.wallet.Command;
import plus.svc.billing.wallet.WalletReads;
import plus.svc.billing.wallet.WalletRequest;

/** Reads of and postings to one account, however long its past is, and the plans behind them. */
final class WalletGrowth {

  private static final BigDecimal CENT = new BigDecimal("0.01");

  private final Database database;
  private final WalletService service;
  private final UUID account;
  private final PrintStream out;
  private long keys;

  WalletGrowth(Database database, WalletService service, UUID account, PrintStream out) {
    this.database = database;
    this.service = service;
    this.account = account;
    this.out = out;
  }

  void run(long[] sizes) throws SQLException {
    long before = 0;
    for (long size : sizes) {
      Operations.grow(database, account, before, size);
      before = size;
      Instant end = Operations.END;
      WalletReads reads = service.engine().reads();
      Latencies balance = new Latencies(2_000);
      Latencies at = new Latencies(2_000);
      Latencies page = new Latencies(2_000);
      Latencies post = new Latencies(2_000);
      Latencies again = new Latencies(2_000);
      SplittableRandom random = new SplittableRandom(size);
      for (int i = 0; i < 2_200; i++) {
        Instant when = end.minusMillis(random.nextLong(size));
        time(balance, i, () -> reads.balance(account));
        time(at, i, () -> reads.balanceAt(account, when));
        time(page, i, () -> reads.history(account, when, end.plusSeconds(1), null, 50));
        WalletRequest request =
            WalletRequest.of(
                "growth",
                "g" + ++keys,
                "bench",
                new Command.Post(account, CENT, "CNY", "", true),
                "{}");
        time(post, i, () -> service.engine().wallet().apply(request).join());
        time(again, i, () -> service.engine().wallet().apply(request).join());
      }
      out.printf(Locale.ROOT, "%,12d operations  balance  %s%n", size, balance.text());
      out.printf(Locale.ROOT, "%12s             at       %s%n", "", at.text());
      out.printf(Locale.ROOT, "%12s             history  %s%n", "", page.text());
      out.printf(Locale.ROOT, "%12s             posting  %s%n", "", post.text());
      out.printf(Locale.ROOT, "%12s             repeat   %s%n", "", again.text());
    }
    plans();
  }

  /** How PostgreSQL comes to a balance, a past balance, a page of history and a turnover. */
  private void plans() throws SQLException {
    Set<String> asked = new LinkedHashSet<>();
    service
        .jdbi()
        .setSqlLogger(
            new SqlLogger() {
              @Override
              public void logAfterExecution(StatementContext context) {
                asked.add(String.valueOf(context.getRenderedSql()));
              }
            });
    WalletReads reads = service.engine().reads();
    Instant end = Operations.END;
    reads.balanceAt(account, end);
    reads.history(account, end.minusSeconds(9), end, null, 50);
    reads.turnover(account, end.minusSeconds(9), end);
    for (String sql : asked) {
      Matcher parameters = Pattern.compile("(?<!:):([a-z]\\w*)").matcher(sql);
      Map<String, Integer> numbers = new LinkedHashMap<>();
      String numbered =
          parameters.replaceAll(
              found -> "\\$" + numbers.computeIfAbsent(found.group(1), n -> numbers.size() + 1));
      out.println(numbered.strip().lines().findFirst().orElse("") + " ...");
      // The driver's own protocol would want values for what only a plan is wanted of.
      Database plain = database.named(database.name() + "?preferQueryMode=simple");
      for (String line : plain.strings("EXPLAIN (GENERIC_PLAN, COSTS OFF) " + numbered)) {
        out.println("    " + line);
      }
    }
  }

  private static void time(Latencies latencies, int i, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    if (i >= 200) {
      latencies.add(System.nanoTime() - begin);
    }
  }
}
