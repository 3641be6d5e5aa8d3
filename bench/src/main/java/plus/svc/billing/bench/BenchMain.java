package plus.svc.billing.bench;

import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the write path and prints a table. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the write path against the floor of COPY and the earlier writer.")
public final class BenchMain implements Callable<Integer> {

  @Option(
      names = {"-q", "--quick"},
      description = "About two minutes: one small round of each case.")
  private boolean quick;

  @Option(
      names = "--grown",
      arity = "0..1",
      fallbackValue = "10000000",
      defaultValue = "0",
      description = "Also on tables that hold so many rows each (${FALLBACK-VALUE} if no number).")
  private long grown;

  @Option(names = "--rounds", description = "Rounds of each case; 3, or 1 with --quick.")
  private int rounds;

  @Option(
      names = "--database-url",
      description = "postgres://user:password@host:port/db instead of an embedded server.")
  private @Nullable String databaseUrl;

  @Option(names = "--only", description = "Cases whose name contains this, such as 'steady'.")
  private String only = "";

  @Option(names = "--nodes", defaultValue = "100", description = "Nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(names = "--accounts", defaultValue = "200", description = "Accounts a node.")
  private int accounts;

  @Option(names = "--steady-minutes", description = "Minutes of the steady state.")
  private int steadyMinutes;

  @Option(names = "--backlog-minutes", description = "Minutes of backlog of every node.")
  private int backlogMinutes;

  @Option(
      names = "--long-minutes",
      description = "Also a backlog of so many minutes; 4320 are the 72 h that exporters keep.")
  private int longMinutes;

  @Option(names = "--profile", description = "Also prints which statements take the time.")
  private boolean profile;

  public static void main(String[] args) {
    System.setProperty("liquibase.analytics.enabled", "false");
    System.exit(new CommandLine(new BenchMain()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Plan plan =
        Plan.of(quick, nodes, accounts)
            .with(rounds, steadyMinutes, backlogMinutes, longMinutes)
            .showing(only, profile);
    try (Server server = Server.start(databaseUrl)) {
      System.out.println(server.describe());
      System.out.println(plan.describe());
      new Bench(server, plan, Clock.systemUTC()).run(0, System.out);
      if (grown > 0) {
        new Bench(server, plan, Clock.systemUTC()).run(grown, System.out);
      }
    }
    return 0;
  }
}
