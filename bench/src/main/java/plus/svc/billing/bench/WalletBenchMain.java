package plus.svc.billing.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the wallet beside the naive forms of its statements. */
@Command(
    name = "bench-wallet",
    mixinStandardHelpOptions = true,
    description = "Measures the wallet's operations beside one naive transaction for each.")
public final class WalletBenchMain implements Callable<Integer> {

  @Option(names = "--seconds", defaultValue = "10", description = "Of each case.")
  private int seconds;

  @Option(names = "--only", description = "Cases whose name contains this.")
  private String only = "";

  @Option(
      names = "--grow",
      split = ",",
      description = "Also reads on an account with so many operations, such as 10000,1000000.")
  private long @Nullable [] grow;

  @Option(names = "--soak-minutes", description = "Also a mixed load of so many minutes.")
  private int soakMinutes;

  @Option(
      names = "--database-url",
      description = "postgres://user:password@host:port/db instead of an embedded server.")
  private @Nullable String databaseUrl;

  public static void main(String[] args) {
    System.setProperty("liquibase.analytics.enabled", "false");
    System.exit(new CommandLine(new WalletBenchMain()).execute(args));
  }

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    try (Server server = Server.start(databaseUrl)) {
      System.out.println(server.describe());
      WalletBench bench = new WalletBench(server, seconds, only, Clock.systemUTC(), System.out);
      bench.run();
      if (grow != null) {
        bench.grow(grow);
      }
      if (soakMinutes > 0) {
        bench.soak(soakMinutes);
      }
    }
    return 0;
  }
}
