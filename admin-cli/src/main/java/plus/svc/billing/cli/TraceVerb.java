package plus.svc.billing.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code trace}: what became of a snapshot. */
@Command(
    name = "trace",
    description = {
      "Tells what became of a snapshot: what each of its samples counted, in which bucket and"
          + " ledger rows, and what was set aside.",
      "Needs a token with the right admin:read. Exit code 1 if there is no such snapshot."
    },
    footer = {
      "  billing-admin trace --snapshot prod:jp-1@2026-01-31T12:00:00Z",
      "  billing-admin trace --node jp-1 --env prod --at -10m --format json"
    })
final class TraceVerb extends ReportVerb {

  @Option(
      names = "--snapshot",
      paramLabel = "NODE@TIME",
      description = "The snapshot, by its node and the second in which it was collected.")
  private @Nullable String snapshot;

  @Option(names = "--node", paramLabel = "NODE", description = "The node, instead.")
  private @Nullable String node;

  @Option(names = "--env", paramLabel = "ENV", description = "The node's environment.")
  private @Nullable String env;

  @Option(names = "--at", paramLabel = "TIME", description = "When it was collected.")
  private @Nullable String at;

  TraceVerb(Connection connection) {
    super(connection);
  }

  @Override
  Question question() {
    return new Question("trace")
        .with("snapshot", snapshot)
        .with("node", node)
        .with("env", env)
        .with("at", at);
  }
}
